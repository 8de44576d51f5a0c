// SPDX-License-Identifier: MIT
#pragma once

namespace mf::cli {

/// `meanflow info devices`: what --device can name, with memory and how fast it multiplies matrices.
void print_devices(int threads, bool json);

/// `meanflow info ops`: every op with its law, and which devices have it.
void print_ops(bool json);

}  // namespace mf::cli

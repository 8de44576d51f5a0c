// SPDX-License-Identifier: MIT
// The commands, each in the file of its name.
#pragma once

#include "cli/command.hpp"

namespace mf::cli {

Command demo_command();
Command train_command();
Command train_classifier_command();
Command sample_command();
Command serve_command();
Command eval_command();
Command plot_command();
Command diagnose_command();
Command ablate_command();

Command data_list_command();
Command data_peek_command();
Command data_encode_command();
Command data_stats_command();
Command info_command();
Command completion_command();
Command man_command();
Command bench_inception_command();
Command bench_ops_command();
Command bench_metrics_command();
Command bench_sample_command();
Command bench_step_command();
Command bench_vae_command();
Command convert_command();
Command verify_command();

}  // namespace mf::cli

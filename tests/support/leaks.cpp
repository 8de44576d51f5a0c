// SPDX-License-Identifier: MIT
// LeakSanitizer asks for this list: what the drivers of OpenCL keep until the program ends is not ours to give back.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the sanitizer's name
    return "leak:libpocl\nleak:libLLVM\nleak:libclang\n";
}

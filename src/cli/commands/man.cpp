// SPDX-License-Identifier: MIT
// meanflow man: the page of the manual, written from the tables of the commands.
#include <fmt/format.h>

#include "cli/commands/catalogue.hpp"
#include "cli/commands/commands.hpp"
#include "train/build_info.hpp"

namespace mf::cli {
namespace {

/// Text of a page: no line is taken for an instruction, hyphens stay what one types.
std::string roff(const std::string& text) {
    std::string out;
    bool begins = true;
    for (const char c : text) {
        if (begins && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
        begins = c == '\n';
    }
    return out;
}

std::string page_of(const Command& command) {
    std::string out = fmt::format(".SS \"{}\"\n{}.\n.PP\n.B meanflow {}\n{}\n", roff(command.name),
                                  roff(command.summary), roff(command.name), roff(command.usage));
    for (const Option& option : all_options(command)) {
        if (option.key == "--seed" || option.key == "--threads" || option.key == "--quiet") continue;
        out += fmt::format(".TP\n.B {}\n{}", roff(option.key), roff(option.help));
        if (!option.choices.empty()) out += "; " + roff(describe(option));
        if (option.kind != OptionKind::flag && !option.initial.empty())
            out += fmt::format(" [{}]", roff(option.initial));
        out += "\n";
    }
    return out + fmt::format(".PP\n.nf\n{}\n.fi\n", roff(command.example));
}

int run_man(const Invocation& /*invocation*/) {
    fmt::print(
        ".TH MEANFLOW 1 \"\" \"meanflow {}\" \"User Commands\"\n"
        ".SH NAME\nmeanflow \\- train, sample, judge and show one\\-step generative models\n"
        ".SH SYNOPSIS\n.B meanflow\n.I COMMAND\n[words] [options] [key=value ...]\n"
        ".SH DESCRIPTION\n"
        "Flow matching, MeanFlow and improved MeanFlow on processors: a command trains a model by a "
        "configuration and "
        "keys, others draw samples from it, judge them, and draw figures.\n"
        "Every command has\n.BR \\-\\-help .\n"
        ".SH OPTIONS OF EVERY COMMAND\n",
        program_version());
    const Command none;
    for (const Option& option : all_options(none))
        fmt::print(".TP\n.B {}\n{}\n", roff(option.key), roff(option.help));
    fmt::print(".SH COMMANDS\n");
    for (const Command& command : all_commands()) fmt::print("{}", page_of(command));
    fmt::print(
        ".SH CONFIGURATIONS\nBuilt in, beside files of the same form; the keys are listed by\n.B meanflow "
        "info keys.\n.nf\n");
    for (const EmbeddedFile& file : embedded_configs()) fmt::print("{}\n", roff(std::string(file.name)));
    fmt::print(
        ".fi\n.SH ENVIRONMENT\n.TP\n.B MEANFLOW_ISA\n"
        "The instruction set that the loops run with, one of those that\n.B meanflow info\nlists; the best "
        "that the "
        "machine has when it is not set.\n"
        ".SH EXIT STATUS\n0 when all went well, 1 when a file, a disk or the data failed, 2 when the words "
        "on the command "
        "line cannot be, 130 after Ctrl\\-C and 143 after SIGTERM.\n");
    return 0;
}

}  // namespace

Command man_command() {
    Command out;
    out.name = "man";
    out.summary = "the page of the manual, as troff reads it";
    out.example = "  meanflow man | man -l -";
    out.listed = false;
    out.run = run_man;
    return out;
}

}  // namespace mf::cli

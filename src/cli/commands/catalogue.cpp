// SPDX-License-Identifier: MIT
#include "cli/commands/catalogue.hpp"

#include "cli/commands/commands.hpp"

namespace mf::cli {

const std::vector<Command>& all_commands() {
    static const std::vector<Command> commands = {
        demo_command(),   //
        train_command(),  //
        train_classifier_command(),
        sample_command(),      //
        serve_command(),       //
        eval_command(),        //
        plot_command(),        //
        diagnose_command(),    //
        ablate_command(),      //
        data_list_command(),   //
        data_peek_command(),   //
        data_stats_command(),  //
        data_encode_command(),
        info_command(),        //
        bench_step_command(),  //
        bench_sample_command(),
        bench_inception_command(),
        bench_vae_command(),  //
        bench_ops_command(),  //
        bench_metrics_command(),
        convert_command(),     //
        verify_command(),      //
        completion_command(),  //
        man_command(),         //
    };
    return commands;
}

}  // namespace mf::cli

/* SPDX-License-Identifier: MIT
 *
 * Trains a model on points that the program makes, saves the run and asks the network for its velocities.
 * usage: train RUN [STEPS]; Ctrl-C saves and ends. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <meanflow/meanflow.h>

static mf_cancel *interrupt;

static void on_interrupt(int signal_number) {
    (void)signal_number;
    mf_cancel_request(interrupt);
}

static int fail(const char *what) {
    fprintf(stderr, "train: %s: %s\n", what, mf_last_error());
    if (mf_last_hint()[0] != '\0') fprintf(stderr, "hint: %s\n", mf_last_hint());
    return 1;
}

static int on_step(const mf_step_report *report, void *user) {
    (void)user;
    if (report->step % 50 == 0) printf("step %4ld  loss %.4f\n", (long)report->step, report->loss);
    return 0;
}

/* u(z, r, t) and how it changes along the flow, at one point. */
static int show_velocity(const mf_training *training) {
    const float z[2] = {0.5F, -0.25F}, r = 0.2F, t = 0.8F;
    float u[2], du_dt[2];
    mf_flow_options flow;
    mf_model *model = NULL;
    int failed = 0;
    if (mf_training_model(training, NULL, &model) != MF_OK) return fail("taking the model");
    mf_flow_options_init(&flow, sizeof flow);
    flow.count = flow.r_count = flow.t_count = 1;
    flow.z = z;
    flow.r = &r;
    flow.t = &t;
    if (mf_velocity(model, &flow, u, du_dt, 2) != MF_OK)
        failed = fail("asking for the velocity");
    else
        printf("u = (%.3f, %.3f)  du/dt = (%.3f, %.3f)\n", (double)u[0], (double)u[1], (double)du_dt[0],
               (double)du_dt[1]);
    mf_model_free(model);
    return failed;
}

static int train(mf_training *training, const char *run) {
    char *path = NULL;
    const mf_status status = mf_training_run(training, -1, on_step, NULL, interrupt);
    if (status != MF_OK && status != MF_ERROR_STOPPED) return fail("training");
    if (mf_training_save(training, run, &path) != MF_OK) return fail("saving");
    printf("%s%s\n", status == MF_OK ? "" : "stopped; ", path);
    mf_free_text(path);
    return show_velocity(training);
}

int main(int argc, char **argv) {
    enum { rows = 512 };
    static float points[2 * rows];
    char steps[64];
    const char *settings[2];
    mf_arrays data;
    mf_training_options options;
    mf_training *training = NULL;
    int i, failed;
    if (argc < 2) {
        fprintf(stderr, "usage: train RUN [STEPS]\n");
        return 2;
    }
    for (i = 0; i < rows; ++i) { /* a grid */
        points[2 * i] = (float)(i % 16) / 4.0F - 2.0F;
        points[2 * i + 1] = (float)(i / 16) / 8.0F - 2.0F;
    }
    mf_arrays_init(&data, sizeof data);
    data.count = rows;
    data.rank = 1;
    data.shape[0] = 2;
    data.floats = points;

    snprintf(steps, sizeof steps, "train.steps=%s", argc > 2 ? argv[2] : "200");
    settings[0] = steps;
    settings[1] = "train.batch=256";
    mf_training_options_init(&options, sizeof options);
    options.config = "toy/imf";
    options.settings = settings;
    options.settings_count = 2;
    options.data = &data;
    if (mf_cancel_new(&interrupt) != MF_OK || mf_training_new(&options, &training) != MF_OK)
        return fail("beginning");
    signal(SIGINT, on_interrupt);
    failed = train(training, argv[1]);
    mf_training_free(training);
    mf_cancel_free(interrupt);
    return failed;
}

/* SPDX-License-Identifier: MIT
 *
 * Draws samples of a trained model. usage: sample RUN|CHECKPOINT|WEIGHTS [COUNT [OUT.ppm]]
 * Pictures go to a file, one below the other; points are printed. */
#include <stdio.h>
#include <stdlib.h>

#include <meanflow/meanflow.h>

static int fail(const char *what) {
    fprintf(stderr, "sample: %s: %s\n", what, mf_last_error());
    if (mf_last_hint()[0] != '\0') fprintf(stderr, "hint: %s\n", mf_last_hint());
    return 1;
}

static void say(const char *line, void *user) {
    (void)user;
    fprintf(stderr, "sample: %s\n", line);
}

static int write_pictures(const char *path, const uint8_t *pixels, const mf_model_info *info, int64_t count) {
    FILE *file = fopen(path, "wb");
    const int times = info->picture_shape[2] == 1 ? 3 : 1; /* grey: red, green and blue alike */
    const int64_t numbers = count * info->picture_size;
    int64_t i;
    int k;
    if (file == NULL) return -1;
    fprintf(file, "P6\n%d %d\n255\n", (int)info->picture_shape[1], (int)(info->picture_shape[0] * count));
    for (i = 0; i < numbers; ++i)
        for (k = 0; k < times; ++k) fputc(pixels[i], file);
    return fclose(file);
}

static int draw_pictures(const mf_model *model, const mf_model_info *info, const mf_sample_options *options,
                         const char *path) {
    size_t size = (size_t)(options->count * info->picture_size);
    uint8_t *pixels = malloc(size);
    int failed = 0;
    if (pixels == NULL || mf_sample_pictures(model, options, pixels, size) != MF_OK)
        failed = fail("drawing");
    else if (write_pictures(path, pixels, info, options->count) != 0)
        failed = 1;
    free(pixels);
    return failed;
}

static int draw_points(const mf_model *model, const mf_model_info *info, const mf_sample_options *options) {
    size_t size = (size_t)(options->count * info->sample_size), i;
    float *points = malloc(size * sizeof *points);
    int failed = 0;
    if (points == NULL || mf_sample(model, options, points, size) != MF_OK) failed = fail("drawing");
    for (i = 0; !failed && i < size; ++i)
        printf("%g%c", (double)points[i], (i + 1) % (size_t)info->sample_size == 0 ? '\n' : ' ');
    free(points);
    return failed;
}

int main(int argc, char **argv) {
    mf_model_options how;
    mf_model_info info;
    mf_sample_options options;
    mf_model *model = NULL;
    int failed;
    if (argc < 2) {
        fprintf(stderr, "usage: sample RUN|CHECKPOINT|WEIGHTS [COUNT [OUT.ppm]]\n");
        return 2;
    }
    mf_model_options_init(&how, sizeof how);
    how.log = say;
    if (mf_model_open(argv[1], &how, &model) != MF_OK) return fail("opening");

    mf_model_info_init(&info, sizeof info);
    mf_sample_options_init(&options, sizeof options);
    options.count = argc > 2 ? atol(argv[2]) : 4;
    options.seed = 1;
    options.log = say;
    if (mf_model_get_info(model, &info) != MF_OK)
        failed = fail("asking");
    else if (info.picture_size > 0)
        failed = draw_pictures(model, &info, &options, argc > 3 ? argv[3] : "samples.ppm");
    else
        failed = draw_points(model, &info, &options);
    mf_model_free(model);
    return failed;
}

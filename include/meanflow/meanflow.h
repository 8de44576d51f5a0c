/* SPDX-License-Identifier: MIT
 *
 * The C door of meanflow.cpp: sample, evaluate, judge and train models of the MeanFlow family. C11 and C++.
 * Link with libmeanflow.so.0 (pkg-config meanflow, or the CMake target meanflow::c). docs/c.md has examples.
 *
 * Errors. Every function that can fail returns a mf_status: MF_OK, or what went wrong; mf_last_error() and
 * mf_last_hint() then say it in words, for the calling thread. Outputs are unchanged after an error, but for buffers of
 * numbers, which may be filled in part. A null pointer where one is needed is MF_ERROR_USAGE. Nothing is printed, no
 * signal handler is installed, the process is never ended.
 *
 * Structs. Every struct of options begins with its size and is made by its init function, which gets the size that the
 * caller was compiled with:
 *
 *     mf_sample_options options;
 *     mf_sample_options_init(&options, sizeof options);
 *     options.count = 16;
 *
 * Programs that were compiled with an older header work with a newer library: what they do not know has its default. A
 * struct of a newer header is taken as long as what this library does not know is zero. Structs that a function fills
 * (mf_..._info, mf_step_report) want their size set before the call, with the same init functions; only so much is written.
 *
 * Ownership. Handles are made by open/new/resume functions and freed by the free function of their kind, once, when no
 * other call uses them; freeing NULL does nothing, freeing twice is an error of the program as with free(). Text that a
 * function hands out (char **) is freed by mf_free_text. Inputs are read during the call only and are not kept.
 *
 * Threads. Different handles work at the same time. One handle may be used from several threads: calls to it wait for each
 * other. Exceptions: the free functions, and mf_model_attach_vae, must not run beside other calls to the handle.
 * Callbacks come on the thread that made the call, while it waits. They may use other handles; using their own is refused
 * (MF_ERROR_USAGE), but for the callback of mf_training_run, which may save, sample and ask as it likes.
 *
 * Numbers. Arrays are dense, the last axis fastest. Pictures are (height, width, channels) of floats on [-1, 1], or of
 * bytes (0 for -1, 255 for 1); points of the plane are pairs. Sizes of buffers are counted in elements.
 */
#ifndef MEANFLOW_MEANFLOW_H
#define MEANFLOW_MEANFLOW_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define MF_API __attribute__((visibility("default")))
#else
#define MF_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What there is ------------------------------------------------------------------------------------------- */

/* Grows when a function or field is added; libmeanflow.so.N changes its N when one is taken away. */
#define MF_ABI_VERSION 2

typedef enum mf_status {
    MF_OK = 0,
    MF_ERROR = 1,         /* something outside failed: a file, the disk, data */
    MF_ERROR_USAGE = 2,   /* what was asked for cannot be */
    MF_ERROR_STOPPED = 3, /* a mf_cancel or a callback asked for an end */
    MF_ERROR_MEMORY = 4   /* there is not enough memory */
} mf_status;

typedef struct mf_model mf_model;       /* a trained network */
typedef struct mf_judge mf_judge;       /* a classifier of pictures, made by `meanflow train-classifier` */
typedef struct mf_fid mf_fid;           /* the Inception network of the FID */
typedef struct mf_training mf_training; /* a run, step by step */
typedef struct mf_cancel mf_cancel;     /* a wish to end, made by any thread */

/* "0.1.0", of the library that is loaded. */
MF_API const char *mf_version(void);
/* MF_ABI_VERSION of the library that is loaded. */
MF_API int mf_abi_version(void);

/* What is here to compute with, as a JSON object: "devices", a list of objects with "name" (what the fields `device` of
 * options take), "about", "memory" (bytes of its own; 0: the host's) and "driver", the CPU first; "remark" says why there are
 * no others. Since MF_ABI_VERSION 2. */
MF_API mf_status mf_devices(char **json);

/* What the last failed call of this thread has to say, in one line, and what might help ("" where nothing is known). Valid
 * until the next call of this thread; "" before the first failure. */
MF_API const char *mf_last_error(void);
MF_API const char *mf_last_hint(void);

/* Frees text that a function handed out. */
MF_API void mf_free_text(char *text);

/* ---- Ends, progress, remarks --------------------------------------------------------------------------------- */

/* How far a long call is. Another value than 0 ends the call with MF_ERROR_STOPPED. */
typedef int (*mf_progress)(int64_t done, int64_t all, void *user);
/* A line that a person should know though nothing failed. */
typedef void (*mf_log)(const char *line, void *user);

MF_API mf_status mf_cancel_new(mf_cancel **out);
/* Calls that were given it end as soon as they can (at the next call of a network, or the next step of training), and so
 * do those that come later, until mf_cancel_reset. From any thread, and from a signal handler. */
MF_API mf_status mf_cancel_request(mf_cancel *cancel);
MF_API mf_status mf_cancel_reset(mf_cancel *cancel);
MF_API void mf_cancel_free(mf_cancel *cancel);

/* ---- Models -------------------------------------------------------------------------------------------------- */

/* An autoencoder that makes pictures of latents. */
typedef struct mf_vae_options {
    size_t size;
    const char *path;      /* its weights */
    const char *scale;     /* how the latents are standardised: "auto" (NULL), "imf", "sd", "none" */
    const char *precision; /* as in mf_model_options */
    int64_t bytes;         /* what one latent may take beside the weights; larger ones go in tiles (4 GiB) */
    mf_log log;            /* NULL: remarks go to the log of mf_model_options, where those have one */
    void *user;            /* for log */
} mf_vae_options;

typedef struct mf_model_options {
    size_t size;
    const char *weights;       /* "ema" (NULL), "online", or a full name as "ema_0.999" */
    const char *precision;     /* "f32", or "bf16": weights and operands of matrix products; NULL: f32, or what weights of 8
                                * bits need */
    int64_t step;              /* which checkpoint of a run; -1: the newest */
    int64_t side;              /* of a sample, for a file of weights that does not say it; 0: 32 then */
    int64_t threads;           /* 0: all cores */
    const mf_vae_options *vae; /* NULL: none */
    mf_log log;                /* NULL: remarks are only in mf_model_describe */
    void *user;                /* for log */
    const char *device;        /* where the network is and computes: "cpu" (NULL), "opencl", "opencl:1", "cuda" (untested on
                                * hardware), "auto" (a graphics card, if any); autoencoders are computed on the CPU. Since
                                * MF_ABI_VERSION 2 */
} mf_model_options;

/* What a program needs to know before it asks. */
typedef struct mf_model_info {
    size_t size;
    int64_t sample_rank;      /* axes of a sample: 1 for points, 3 for pictures and latents */
    int64_t sample_shape[4];  /* the first sample_rank of them */
    int64_t sample_size;      /* numbers of a sample */
    int64_t picture_shape[3]; /* height, width, channels of what mf_decode makes; zeros where samples are no pictures */
    int64_t picture_size;     /* bytes of a picture; 0 where samples are no pictures */
    int64_t classes;          /* 0: no labels */
    int64_t parameters;
    int64_t step; /* of training */
    int64_t threads;
    int64_t has_vae;
} mf_model_info;

MF_API mf_status mf_vae_options_init(mf_vae_options *options, size_t size);
MF_API mf_status mf_model_options_init(mf_model_options *options, size_t size);
MF_API mf_status mf_model_info_init(mf_model_info *info, size_t size);

/* Opens a run (its folder), a checkpoint, or a file of weights (safetensors, PyTorch). options NULL: the defaults. */
MF_API mf_status mf_model_open(const char *path, const mf_model_options *options, mf_model **out);
MF_API void mf_model_free(mf_model *model);
/* Gives the model an autoencoder, in the place of one that it has. */
MF_API mf_status mf_model_attach_vae(mf_model *model, const mf_vae_options *options);
MF_API mf_status mf_model_get_info(const mf_model *model, mf_model_info *info);
/* Everything that is known of it, as a JSON object: settings, classes, guidance, remarks ... */
MF_API mf_status mf_model_describe(const mf_model *model, char **json);

/* NAN stands for "as the weights recommend, or none". */
typedef struct mf_sample_options {
    size_t size;
    int64_t count;       /* samples (1) */
    int64_t first;       /* number of the first: sample i of a seed is the same whatever else is drawn */
    uint64_t seed;       /* of the noise and of random labels */
    int64_t steps;       /* equal steps from noise to data (1); not read where there are times */
    const double *times; /* from noise to data, in the place of equal steps: times_count of them, or NULL */
    size_t times_count;
    const char *solver;           /* "auto" (NULL): euler for flow matching, average for the others */
    const char *labels;           /* "balanced" (NULL), "random", "none", or names and numbers: "cat,3" */
    const int32_t *label_numbers; /* in the place of labels: label_count of them, repeated over the samples, or NULL */
    size_t label_count;
    double omega;             /* strength of guidance */
    double t_min, t_max;      /* interval of times in which it acts, 0 to 1 */
    const double *omega_each; /* in the place of omega: count of them, or NULL */
    const double *t_min_each; /* in the place of t_min and t_max: count of them, or NULL */
    const double *t_max_each;
    const float *noise;      /* (count, sample_size) to begin with; NULL: what the seed gives */
    const mf_cancel *cancel; /* NULL: nobody ends it */
    mf_progress progress;    /* NULL: nobody asks; samples done of count */
    mf_log log;              /* NULL: remarks are dropped */
    void *user;              /* for progress and log */
} mf_sample_options;

MF_API mf_status mf_sample_options_init(mf_sample_options *options, size_t size);

/* Samples to out (count, sample_size): points, pictures on [-1, 1], or latents. The same bits as `meanflow sample` with as
 * many threads. out_size: elements that there are in out, at least count * sample_size. */
MF_API mf_status mf_sample(const mf_model *model, const mf_sample_options *options, float *out, size_t out_size);
/* The same as pictures of bytes (count, height, width, channels); latents by the autoencoder. out_size: at least
 * count * picture_size. */
MF_API mf_status mf_sample_pictures(const mf_model *model, const mf_sample_options *options, uint8_t *out, size_t out_size);
/* Samples (count, sample_size) as pictures of bytes (count, height, width, channels). cancel may be NULL. */
MF_API mf_status mf_decode(const mf_model *model, const float *samples, size_t count, uint8_t *out, size_t out_size,
                           const mf_cancel *cancel);

/* Where the network is asked for velocities. */
typedef struct mf_flow_options {
    size_t size;
    size_t count;   /* rows */
    const float *z; /* (count, sample_size) */
    const float *r; /* r_count times, 1 or count: the end of the interval; not read by mf_instantaneous */
    size_t r_count;
    const float *t; /* t_count times, 1 or count */
    size_t t_count;
    const float *tangent; /* (count, sample_size) of z, for du/dt; NULL: the network's own velocity v(z, t) */
    const char *labels;   /* these seven: as in mf_sample_options */
    const int32_t *label_numbers;
    size_t label_count;
    uint64_t seed;
    double omega;
    double t_min, t_max;
    const mf_cancel *cancel;
} mf_flow_options;

MF_API mf_status mf_flow_options_init(mf_flow_options *options, size_t size);

/* The average velocity u(z, r, t) and, unless du_dt is NULL, its derivative along (tangent, 0, 1) for (z, r, t), by the
 * engine's forward mode: both (count, sample_size). Of networks of flow matching u is the velocity at t, whatever r is. out_size: of
 * each buffer, at least count * sample_size. */
MF_API mf_status mf_velocity(const mf_model *model, const mf_flow_options *options, float *u, float *du_dt, size_t out_size);
/* The velocity v(z, t) of a moment (count, sample_size): of the v head, or u(z, t, t) where there is none. */
MF_API mf_status mf_instantaneous(const mf_model *model, const mf_flow_options *options, float *v, size_t out_size);

/* ---- Judges -------------------------------------------------------------------------------------------------- */

typedef struct mf_judge_options {
    size_t size;
    int64_t threads;       /* 0: all cores */
    const char *variant;   /* mf_fid_open alone: how pictures come to 299 x 299: "imf-jax" (NULL) or another name */
    const char *precision; /* mf_fid_open alone: as in mf_model_options */
} mf_judge_options;

typedef struct mf_judge_info {
    size_t size;
    int64_t sample_shape[3]; /* of the pictures it judges; zeros: any size (mf_fid) */
    int64_t sample_size;     /* numbers of one; 0: any */
    int64_t features;        /* numbers of a picture's features */
    int64_t classes;         /* numbers of a picture's logits */
    double accuracy;         /* on pictures held out; NAN: not known */
} mf_judge_info;

/* Where features go. NULL: not wanted. Sizes in elements. */
typedef struct mf_features {
    size_t size;
    float *features;      /* (count, features) */
    size_t features_size; /* elements that there are, at least count * features */
    float *logits;        /* (count, classes) */
    size_t logits_size;
} mf_features;

MF_API mf_status mf_judge_options_init(mf_judge_options *options, size_t size);
MF_API mf_status mf_judge_info_init(mf_judge_info *info, size_t size);
MF_API mf_status mf_features_init(mf_features *out, size_t size);

MF_API mf_status mf_judge_open(const char *path, const mf_judge_options *options, mf_judge **out);
MF_API void mf_judge_free(mf_judge *judge);
MF_API mf_status mf_judge_get_info(const mf_judge *judge, mf_judge_info *info);
/* Names of its classes and how it was made, as a JSON object. */
MF_API mf_status mf_judge_describe(const mf_judge *judge, char **json);
/* Features and logits of pictures (count, sample_size) on [-1, 1]. cancel may be NULL. */
MF_API mf_status mf_judge_features(const mf_judge *judge, const float *pictures, size_t count, mf_features *out,
                                   const mf_cancel *cancel);

MF_API mf_status mf_fid_open(const char *path, const mf_judge_options *options, mf_fid **out);
MF_API void mf_fid_free(mf_fid *fid);
MF_API mf_status mf_fid_get_info(const mf_fid *fid, mf_judge_info *info);
/* Features and logits (those of the Inception score) of bytes (count, height, width, channels), channels 1 or 3. */
MF_API mf_status mf_fid_features(const mf_fid *fid, const uint8_t *pictures, size_t count, int64_t height, int64_t width,
                                 int64_t channels, mf_features *out, const mf_cancel *cancel);

/* ---- Training ------------------------------------------------------------------------------------------------ */

/* Rows of pictures or points to learn from; they are copied. */
typedef struct mf_arrays {
    size_t size;
    int64_t count;         /* rows */
    int64_t rank;          /* axes of a row: 3 for pictures (height, width, channels), 1 for points */
    int64_t shape[4];      /* the first rank of them */
    const uint8_t *bytes;  /* (count, *shape), pictures only; NULL: floats */
    const float *floats;   /* (count, *shape), pictures on [-1, 1]; NULL: bytes */
    const int32_t *labels; /* (count), from 0 on; NULL: no classes */
    const char *const *class_names; /* by label, class_count of them; NULL: numbers */
    size_t class_count;
} mf_arrays;

typedef struct mf_training_options {
    size_t size;
    const char *config;          /* a file, or a built-in configuration ("toy/imf"); NULL: the defaults */
    const char *const *settings; /* "key=value" (docs/keys.md), settings_count of them, later than config's; or NULL */
    size_t settings_count;
    int64_t threads;       /* 0: all cores */
    const mf_arrays *data; /* in the place of data.name; NULL: as configured */
    mf_log log;            /* NULL: remarks are only in mf_training_describe */
    void *user;            /* for log */
    const char *device;    /* what computes: as in mf_model_options; mf_training_model makes models of the same device. Since
                            * MF_ABI_VERSION 2 */
} mf_training_options;

typedef struct mf_training_info {
    size_t size;
    int64_t done, planned; /* steps */
    int64_t parameters;
    int64_t threads;
    int64_t sample_rank;
    int64_t sample_shape[4];
    int64_t sample_size;
} mf_training_info;

typedef struct mf_step_report {
    size_t size;
    int64_t step;                            /* number of the step just made, from 1 */
    double loss;                             /* mean over the batch */
    double square_u, square_v, square_jvp;   /* means over the batch of the squared parts of the loss */
    double gradient_norm;
    double rate;      /* learning rate used */
    int64_t skipped;  /* 1: something was not finite, and the weights are as before */
    char culprit[64]; /* what was not finite, cut to fit */
} mf_step_report;

/* After every step; another value than 0 ends the training after it, with MF_ERROR_STOPPED. */
typedef int (*mf_step_callback)(const mf_step_report *report, void *user);

MF_API mf_status mf_arrays_init(mf_arrays *arrays, size_t size);
MF_API mf_status mf_training_options_init(mf_training_options *options, size_t size);
MF_API mf_status mf_training_info_init(mf_training_info *info, size_t size);
MF_API mf_status mf_step_report_init(mf_step_report *report, size_t size);

/* A run from its first step. The same settings and number of threads as `meanflow train` give the same bits. */
MF_API mf_status mf_training_new(const mf_training_options *options, mf_training **out);
/* Goes on with the run in a folder, from the checkpoint of `step` (-1: the newest). It has its own configuration:
 * options->config must be NULL; options->settings come over it. */
MF_API mf_status mf_training_resume(const char *run, int64_t step, const mf_training_options *options, mf_training **out);
MF_API void mf_training_free(mf_training *training);
MF_API mf_status mf_training_get_info(const mf_training *training, mf_training_info *info);
/* Settings and remarks, as a JSON object. */
MF_API mf_status mf_training_describe(const mf_training *training, char **json);
/* One step. MF_ERROR_USAGE when all planned steps are done. report may be NULL. */
MF_API mf_status mf_training_step(mf_training *training, mf_step_report *report);
/* `steps` steps, or all that are left when steps is negative or more than that. callback and cancel may be NULL. */
MF_API mf_status mf_training_run(mf_training *training, int64_t steps, mf_step_callback callback, void *user,
                                 const mf_cancel *cancel);
/* The network as it stands, as a model of its own: a copy. options (NULL: the defaults) may say weights, precision, vae
 * and log; step, side and threads are the training's. */
MF_API mf_status mf_training_model(const mf_training *training, const mf_model_options *options, mf_model **out);
/* Saves a checkpoint to a run folder, as `meanflow train` makes it; the folder is new, or one that this handle saved to or
 * was resumed from, and is locked until mf_training_close. path may be NULL: that of the checkpoint, freed by mf_free_text. */
MF_API mf_status mf_training_save(mf_training *training, const char *run, char **path);
/* Lets go of the run folder. */
MF_API mf_status mf_training_close(mf_training *training);

#ifdef __cplusplus
}
#endif

#endif /* MEANFLOW_MEANFLOW_H */

/* SPDX-License-Identifier: MIT
 *
 * Where the fields of the C door's structs are. Compiled programs rely on it: a line here never changes. A new field
 * is a new line at the end of its struct, whose size grows. */
#include <meanflow/meanflow.h>

#define AT(struct_name, field, offset) _Static_assert(offsetof(struct_name, field) == (offset), #struct_name "." #field)

_Static_assert(sizeof(mf_status) == 4 && MF_OK == 0 && MF_ERROR == 1 && MF_ERROR_USAGE == 2, "mf_status");
_Static_assert(MF_ERROR_STOPPED == 3 && MF_ERROR_MEMORY == 4, "mf_status");

_Static_assert(sizeof(mf_vae_options) == 56, "mf_vae_options");
AT(mf_vae_options, size, 0);
AT(mf_vae_options, path, 8);
AT(mf_vae_options, scale, 16);
AT(mf_vae_options, precision, 24);
AT(mf_vae_options, bytes, 32);
AT(mf_vae_options, log, 40);
AT(mf_vae_options, user, 48);

_Static_assert(sizeof(mf_model_options) == 80, "mf_model_options");
AT(mf_model_options, size, 0);
AT(mf_model_options, weights, 8);
AT(mf_model_options, precision, 16);
AT(mf_model_options, step, 24);
AT(mf_model_options, side, 32);
AT(mf_model_options, threads, 40);
AT(mf_model_options, vae, 48);
AT(mf_model_options, log, 56);
AT(mf_model_options, user, 64);
AT(mf_model_options, device, 72);

_Static_assert(sizeof(mf_model_info) == 128, "mf_model_info");
AT(mf_model_info, size, 0);
AT(mf_model_info, sample_rank, 8);
AT(mf_model_info, sample_shape, 16);
AT(mf_model_info, sample_size, 48);
AT(mf_model_info, picture_shape, 56);
AT(mf_model_info, picture_size, 80);
AT(mf_model_info, classes, 88);
AT(mf_model_info, parameters, 96);
AT(mf_model_info, step, 104);
AT(mf_model_info, threads, 112);
AT(mf_model_info, has_vae, 120);

_Static_assert(sizeof(mf_sample_options) == 176, "mf_sample_options");
AT(mf_sample_options, size, 0);
AT(mf_sample_options, count, 8);
AT(mf_sample_options, first, 16);
AT(mf_sample_options, seed, 24);
AT(mf_sample_options, steps, 32);
AT(mf_sample_options, times, 40);
AT(mf_sample_options, times_count, 48);
AT(mf_sample_options, solver, 56);
AT(mf_sample_options, labels, 64);
AT(mf_sample_options, label_numbers, 72);
AT(mf_sample_options, label_count, 80);
AT(mf_sample_options, omega, 88);
AT(mf_sample_options, t_min, 96);
AT(mf_sample_options, t_max, 104);
AT(mf_sample_options, omega_each, 112);
AT(mf_sample_options, t_min_each, 120);
AT(mf_sample_options, t_max_each, 128);
AT(mf_sample_options, noise, 136);
AT(mf_sample_options, cancel, 144);
AT(mf_sample_options, progress, 152);
AT(mf_sample_options, log, 160);
AT(mf_sample_options, user, 168);

_Static_assert(sizeof(mf_flow_options) == 128, "mf_flow_options");
AT(mf_flow_options, size, 0);
AT(mf_flow_options, count, 8);
AT(mf_flow_options, z, 16);
AT(mf_flow_options, r, 24);
AT(mf_flow_options, r_count, 32);
AT(mf_flow_options, t, 40);
AT(mf_flow_options, t_count, 48);
AT(mf_flow_options, tangent, 56);
AT(mf_flow_options, labels, 64);
AT(mf_flow_options, label_numbers, 72);
AT(mf_flow_options, label_count, 80);
AT(mf_flow_options, seed, 88);
AT(mf_flow_options, omega, 96);
AT(mf_flow_options, t_min, 104);
AT(mf_flow_options, t_max, 112);
AT(mf_flow_options, cancel, 120);

_Static_assert(sizeof(mf_judge_options) == 32, "mf_judge_options");
AT(mf_judge_options, size, 0);
AT(mf_judge_options, threads, 8);
AT(mf_judge_options, variant, 16);
AT(mf_judge_options, precision, 24);

_Static_assert(sizeof(mf_judge_info) == 64, "mf_judge_info");
AT(mf_judge_info, size, 0);
AT(mf_judge_info, sample_shape, 8);
AT(mf_judge_info, sample_size, 32);
AT(mf_judge_info, features, 40);
AT(mf_judge_info, classes, 48);
AT(mf_judge_info, accuracy, 56);

_Static_assert(sizeof(mf_features) == 40, "mf_features");
AT(mf_features, size, 0);
AT(mf_features, features, 8);
AT(mf_features, features_size, 16);
AT(mf_features, logits, 24);
AT(mf_features, logits_size, 32);

_Static_assert(sizeof(mf_arrays) == 96, "mf_arrays");
AT(mf_arrays, size, 0);
AT(mf_arrays, count, 8);
AT(mf_arrays, rank, 16);
AT(mf_arrays, shape, 24);
AT(mf_arrays, bytes, 56);
AT(mf_arrays, floats, 64);
AT(mf_arrays, labels, 72);
AT(mf_arrays, class_names, 80);
AT(mf_arrays, class_count, 88);

_Static_assert(sizeof(mf_training_options) == 72, "mf_training_options");
AT(mf_training_options, size, 0);
AT(mf_training_options, config, 8);
AT(mf_training_options, settings, 16);
AT(mf_training_options, settings_count, 24);
AT(mf_training_options, threads, 32);
AT(mf_training_options, data, 40);
AT(mf_training_options, log, 48);
AT(mf_training_options, user, 56);
AT(mf_training_options, device, 64);

_Static_assert(sizeof(mf_training_info) == 88, "mf_training_info");
AT(mf_training_info, size, 0);
AT(mf_training_info, done, 8);
AT(mf_training_info, planned, 16);
AT(mf_training_info, parameters, 24);
AT(mf_training_info, threads, 32);
AT(mf_training_info, sample_rank, 40);
AT(mf_training_info, sample_shape, 48);
AT(mf_training_info, sample_size, 80);

_Static_assert(sizeof(mf_step_report) == 136, "mf_step_report");
AT(mf_step_report, size, 0);
AT(mf_step_report, step, 8);
AT(mf_step_report, loss, 16);
AT(mf_step_report, square_u, 24);
AT(mf_step_report, square_v, 32);
AT(mf_step_report, square_jvp, 40);
AT(mf_step_report, gradient_norm, 48);
AT(mf_step_report, rate, 56);
AT(mf_step_report, skipped, 64);
AT(mf_step_report, culprit, 72);

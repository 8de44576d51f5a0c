// SPDX-License-Identifier: MIT
// The C++ door: everything that a program needs to train, sample and judge models of the MeanFlow family.
//
// From a recipe to samples and a number (examples/hello.cpp is such a program in full):
//
//     std::vector<mf::ConfigItem> recipe = mf::read_config("toy/imf");  // a file, or one that is built in
//     recipe.push_back(mf::parse_override("train.steps=300"));          // later items win
//     mf::Trainer trainer(mf::resolve(recipe), 0);                      // 0: a thread for every core
//     while (trainer.steps_done() < trainer.steps_planned()) trainer.step();
//
//     std::vector<float> z = mf::sampling_noise(1, 0, 10000, 2);        // seed 1, samples 0 .. 9999, in the plane
//     mf::sample(trainer.team(), trainer.model(), {.times = mf::uniform_times(1)}, {}, z, 2);  // one step
//     std::optional<double> inside = mf::inside_share(mf::as_rows(z, 2), *trainer.data().points());
//
// What is what, and where to read on:
//
//   Settings      a valid value for every key of a run. `resolve` makes them from items key=value; a key that is
//                 unknown, or belongs to a choice that was not taken, is a UsageError that says what there is.
//   catalogues    what can be chosen by name, each with its help and its keys: dataset_catalogue(),
//                 model_catalogue(), objective_catalogue(), optimiser_catalogue().
//   Trainer       one step at a time, without files or screens: step(), weights(), state() and load(). The same
//                 seed and number of threads give the same bits.
//   RunFolder     checkpoints that survive a kill, and run_training(), the loop of the command line around Trainer.
//   load_model    a trained network from a checkpoint, with its online or averaged weights.
//   sample        moves noise to data along any list of times; a sample depends on the seed and its number alone.
//   open_model    what a person names (a run, a checkpoint, a file of weights) as a network; draw_samples: its samples
//                 with labels and guidance; write_samples: into a file.                       (src/generate)
//   metrics       score_points for the plane; frechet_distance, kid, inception_score, precision_recall for features.
//   eval_points   numbers of runs, weights and files of samples; ImageEval: of images, in the features of a Judge;
//                 ClassifierTrainer trains one. examples/judge_a_run.cpp                      (src/judge)
//   open_vae      an autoencoder: VaeDecoder, given to a LoadedModel, makes pictures of latents; encode_latents makes the
//                 other way a data set of them.                                               (src/generate)
//   InceptionEval FID, sFID, Inception score, KID, precision and recall as published.         (src/judge)
//   read_weights_file   safetensors or PyTorch files, told by their bytes.                    (src/io)
//   diagnose      how noisy targets are, the size of the JVP, u against v                     (src/diagnose)
//   make_figure   the figures of runs; training_hooks: sheets and numbers while one trains.
//                 examples/draw_a_figure.cpp                                                  (src/figures)
//   verify        golden vectors of the official codes against this build                     (src/verify)
//   Tensor, Dual  value and tangent side by side, and ops/ with one law (value, tangent, adjoint) a header.
//
// Errors are exceptions: mf::Error when something outside failed (a file, the disk, data), mf::UsageError when what
// was asked for cannot be; what() is one line and hint() says what might help. Nothing prints, except run_training
// to the screen that it was asked for: what a person should know goes to the `remarks` that the caller gives.
//
// Threads: a Team belongs to one thread at a time. Data sets, and models that are not being trained, may be shared.
#pragma once

// What to train, and how.
#include "core/error.hpp"
#include "core/options.hpp"
#include "data/dataset.hpp"
#include "models/catalogue.hpp"
#include "objectives/objective.hpp"
#include "optim/optimiser.hpp"
#include "train/config.hpp"

// Training.
#include "train/checkpoint.hpp"
#include "train/make_model.hpp"
#include "train/run_folder.hpp"
#include "train/trainer.hpp"
#include "train/training_run.hpp"

// Samples and what they are worth.
#include "metrics/frechet.hpp"
#include "metrics/inception_score.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/points.hpp"
#include "metrics/precision_recall.hpp"
#include "metrics/sliced_wasserstein.hpp"
#include "sample/sampler.hpp"

// Runs and files: samples, judgement, diagnosis, pictures, golden vectors.
#include "diagnose/diagnostics.hpp"
#include "figures/image_figures.hpp"
#include "figures/run_figures.hpp"
#include "figures/scenes.hpp"
#include "figures/training_hooks.hpp"
#include "generate/latent_encoder.hpp"
#include "generate/open_model.hpp"
#include "generate/sample_file.hpp"
#include "generate/sampling.hpp"
#include "generate/vae_decoder.hpp"
#include "io/weights_file.hpp"
#include "judge/classifier_trainer.hpp"
#include "judge/image_eval.hpp"
#include "judge/image_report.hpp"
#include "judge/inception_eval.hpp"
#include "judge/judge.hpp"
#include "judge/point_eval.hpp"
#include "judge/point_report.hpp"
#include "verify/kinds.hpp"

// SPDX-License-Identifier: MIT
#include "serve/api_words.hpp"

namespace mf::serve {

const OptionWords& in_json() {
    static const OptionWords words({{"--labels", "labels"},
                                    {"--omega", "omega"},
                                    {"--interval", "interval"},
                                    {"--steps", "steps"},
                                    {"--count", "count"},
                                    {"--seed", "seed"},
                                    {"--solver", "solver"}},
                                   OptionWords::Others::stay);
    return words;
}

}  // namespace mf::serve

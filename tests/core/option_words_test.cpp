// SPDX-License-Identifier: MIT
#include "core/option_words.hpp"

#include <gtest/gtest.h>

namespace {

using mf::OptionWords;

OptionWords words(OptionWords::Others others = OptionWords::Others::lose_dashes) {
    return {{{"--interval", "the interval (t_min, t_max)"}, {"--out", "path"}}, others};
}

TEST(OptionWords, CallOptionsAsTheDoorDoes) {
    const OptionWords say = words();
    EXPECT_EQ(say("--labels: this model has no classes"), "labels: this model has no classes");
    EXPECT_EQ(say("leave --as-published out"), "leave as_published out");
    EXPECT_EQ(say("leave --interval out"), "leave the interval (t_min, t_max) out");
    EXPECT_EQ(say("--interval 0.2,0.8: no"), "the interval (t_min, t_max) 0.2,0.8: no");
    EXPECT_EQ(say("allow it more memory (--vae-memory)"), "allow it more memory (vae_memory)");
    EXPECT_EQ(say("x; another --out starts a new one"), "x; another path starts a new one");
}

TEST(OptionWords, ValuesAreJoined) {
    const OptionWords say = words();
    EXPECT_EQ(say("--omega 4 with --labels none: no class"), "omega=4 with labels=none: no class");
    EXPECT_EQ(say("add --omega, for example --omega 2.5"), "add omega, for example omega=2.5");
    EXPECT_EQ(say("take --solver euler or heun"), "take solver=euler or heun");
    EXPECT_EQ(say("--vae FILE makes pictures"), "vae=FILE makes pictures");
    EXPECT_EQ(say("take more --steps, or leave --side out"), "take more steps, or leave side out");
    EXPECT_EQ(say("--weights online, or --weights ema_0.99"), "weights=online, or weights=ema_0.99");
    EXPECT_EQ(say("an older --step may do"), "an older step may do");
}

TEST(OptionWords, LeaveEverythingElseAlone) {
    const OptionWords say = words();
    for (const char* text :
         {"", "-", "--", "a -- b", "x--labels", "/a/--labels", "-1 to --2", "--Labels", "---labels",
          "'meanflow train-classifier --out FILE' writes one", "'meanflow sample --vae F"})
        EXPECT_EQ(say(text), text);
    EXPECT_EQ(say("'meanflow train --out F' or --out"), "'meanflow train --out F' or path");
    EXPECT_EQ(words(OptionWords::Others::stay)("a --most-count and an --out"), "a --most-count and an path");
}

}  // namespace

// SPDX-License-Identifier: MIT
#include "train/config.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "judge/keys_page.hpp"
#include "train/build_info.hpp"
#include "train/settings_text.hpp"

namespace {

using namespace mf;

std::string message_of(const std::vector<ConfigItem>& items) {
    try {
        (void)resolve(items);
    } catch (const UsageError& error) {
        return std::string(error.what()) + "\n" + error.hint();
    }
    return "no error";
}

TEST(Config, WithoutItemsEveryKeyHasItsDefault) {
    const Settings settings = resolve({});
    EXPECT_EQ(settings.text("objective.name"), "imf");
    EXPECT_EQ(settings.integer("train.steps"), 5001);
    EXPECT_EQ(settings.integer("model.width"), 128);
    EXPECT_EQ(settings.integer("log.every"), 100);
}

TEST(Config, TheLastItemWins) {
    const std::vector<ConfigItem> items = {{"train.batch", "8", "a.yaml:1"}, {"train.batch", "16", ""}};
    EXPECT_EQ(resolve(items).integer("train.batch"), 16);
}

TEST(Config, ChoicesBringTheirKeys) {
    const std::vector<ConfigItem> items = {{"optim.weight_decay", "0.1", ""}, {"optim.name", "adamw", ""}};
    EXPECT_EQ(resolve(items).real("optim.weight_decay"), 0.1);
}

TEST(Config, AKeyOfAnotherChoiceIsRefusedByName) {
    const std::string message = message_of({{"optim.weight_decay", "0.1", "x.yaml:7"}});
    EXPECT_NE(message.find("x.yaml:7: optim.weight_decay belongs to optim.name=adamw"), std::string::npos)
        << message;
    EXPECT_NE(message.find("this run has optim.name=adam"), std::string::npos) << message;
}

TEST(Config, ErrorsNamePlaceKeyAndTheNearestKey) {
    const std::string unknown = message_of({{"optim.lrr", "1", "x.yaml:3"}});
    EXPECT_NE(unknown.find("x.yaml:3: unknown key 'optim.lrr'"), std::string::npos) << unknown;
    EXPECT_NE(unknown.find("optim.lr?"), std::string::npos) << unknown;
    const std::string type = message_of({{"train.batch", "many", ""}});
    EXPECT_NE(type.find("train.batch: 'many' is not an integer"), std::string::npos) << type;
    const std::string range = message_of({{"data.scale", "nan", ""}});
    EXPECT_NE(range.find("data.scale: 'nan' is not a number"), std::string::npos) << range;
    const std::string choice = message_of({{"objective.name", "inf", ""}});
    EXPECT_NE(choice.find("fm|mf|imf"), std::string::npos) << choice;
}

TEST(Config, EveryBuiltInConfigurationResolves) {
    ASSERT_FALSE(embedded_configs().empty());
    bool has_default = false;
    for (const EmbeddedFile& file : embedded_configs()) {
        has_default = has_default || file.name == default_config;
        EXPECT_NO_THROW((void)resolve(read_config(std::string(file.name)))) << file.name;
    }
    EXPECT_TRUE(has_default);
}

TEST(Config, TheDemosThreeConfigurationsDifferInTheObjectiveAlone) {
    const Settings imf = resolve(read_config("toy/best"));
    for (const std::string name : {"fm", "mf"}) {
        const std::vector<std::string> lines = differences(imf, resolve(read_config("toy/best_" + name)));
        EXPECT_NE(std::ranges::find(lines, "objective.name: imf -> " + name), lines.end());
        for (const std::string& line : lines) {
            // What one objective has and the other lacks cannot be the same; the target is.
            const bool of_r = name == "fm" && line.starts_with("times.");  // flow matching draws no r
            EXPECT_TRUE(line.starts_with("objective.") || of_r) << line;
            EXPECT_FALSE(line.starts_with("objective.target") || line.starts_with("objective.references"))
                << line;
        }
    }
    // Pictures: the same data, optimiser, schedule, averages and budget; what an objective needs differs.
    const Settings clothes = resolve(read_config("fashion/imf"));
    for (const std::string name : {"fashion/fm", "fashion/mf"})
        for (const std::string& line : differences(clothes, resolve(read_config(name))))
            for (const char* start :
                 {"data.", "optim.", "schedule.", "ema.", "train.", "precision", "model.hidden"})
                EXPECT_FALSE(line.starts_with(start)) << name << ": " << line;
}

TEST(Config, AMissingFileIsAnErrorThatListsWhatIsBuiltIn) {
    try {
        (void)read_config("toy/nothing");
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(error.hint().find("toy/imf"), std::string::npos) << error.hint();
    }
}

TEST(Config, OverridesAreKeyEqualsValue) {
    const ConfigItem item = parse_override("a.b=c=d");
    EXPECT_EQ(item.key, "a.b");
    EXPECT_EQ(item.value, "c=d");
    EXPECT_THROW((void)parse_override("nothing"), UsageError);
    EXPECT_THROW((void)parse_override("=x"), UsageError);
}

TEST(Config, DifferencesNameBothValues) {
    const std::vector<ConfigItem> items = {{"optim.name", "adamw", ""}, {"train.batch", "7", ""}};
    const std::vector<std::string> lines = differences(resolve({}), resolve(items));
    EXPECT_NE(std::ranges::find(lines, "train.batch: 4096 -> 7"), lines.end());
    EXPECT_NE(std::ranges::find(lines, "optim.name: adam -> adamw"), lines.end());
    EXPECT_NE(std::ranges::find(lines, "optim.weight_decay: none -> 0.01"), lines.end());
    EXPECT_TRUE(differences(resolve({}), resolve({})).empty());
}

TEST(Config, SettingsSurviveTheirJson) {
    const Settings before =
        resolve(std::vector<ConfigItem>{{"ema.decays", "0.99,0.999", ""}, {"seed", "7", ""}});
    EXPECT_EQ(resolve(settings_from_json(settings_to_json(before), "x")), before);
    EXPECT_THROW((void)settings_from_json("[1]", "x"), Error);
    EXPECT_THROW((void)settings_from_json("{\"a\": 1}", "x"), Error);
}

TEST(Config, AChoiceThatIsTakenBackTakesItsKeysWithIt) {
    const std::vector<ConfigItem> items = {{"optim.name", "muon", "x.yaml:1"},
                                           {"optim.muon_lr", "0.03", "x.yaml:2"},
                                           {"optim.name", "adam", ""}};
    EXPECT_EQ(resolve(items).text("optim.name"), "adam");
    const std::string message =
        message_of({{"optim.name", "adam", "x.yaml:1"}, {"optim.muon_lr", "1", "x.yaml:2"}});
    EXPECT_NE(message.find("this run has optim.name=adam"), std::string::npos) << message;
}

TEST(Config, TheKeysPageIsUpToDate) {
    std::ifstream file(MF_SOURCE_DIR "/docs/keys.md");
    const std::string page((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(page, keys_page()) << "run: meanflow info keys > docs/keys.md";
}

}  // namespace

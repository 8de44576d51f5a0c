// SPDX-License-Identifier: MIT
// Folders as people have them: which pictures are taken, and which class they get. No picture is opened here.
#include "data/picture_tree.hpp"

#include <map>
#include <sstream>

#include "data/splits.hpp"
#include "data_sets/image_files.hpp"
#include "io/folder_graph.hpp"

namespace {

using namespace mf;
using namespace mf::test;
namespace fs = std::filesystem;

class Tree : public testing::Test {
  protected:
    void put(const std::string& names) {
        std::istringstream words(names);
        for (std::string name; words >> name;) {
            fs::create_directories((scratch_ / name).parent_path());
            scratch_.put(name, "x");
        }
    }
    void link(const std::string& target, const std::string& name) {
        fs::create_directories((scratch_ / name).parent_path());
        fs::create_symlink(target.starts_with('/') ? fs::path(target) : scratch_ / target, scratch_ / name);
    }
    PictureTree list(const std::string& split = "train", const std::optional<Names>& order = {}) {
        return list_pictures(scratch_.folder(), {split, order, false});
    }
    /// "cat: a.png b.png; dog: ..." with paths below the folder; classes by label.
    std::string taken(const std::string& split = "train", const std::optional<Names>& order = {}) {
        const PictureTree tree = list(split, order);
        std::map<int, std::string> by_label;
        for (const PictureTree::File& file : tree.files)
            by_label[file.label] += " " + file.path.lexically_relative(scratch_.folder()).string();
        std::string out;
        for (const auto& [label, files] : by_label)
            out += (out.empty() ? "" : "; ") +
                   (tree.class_names.empty() ? "" : tree.class_names.at(static_cast<std::size_t>(label))) +
                   ":" + files;
        return out;
    }
    std::string error(const std::string& split = "train") {
        try {
            return taken(split);
        } catch (const Error& error) {
            return std::string(error.what()) + " | " + error.hint();
        }
    }
    std::string remarks(const std::string& split = "train") {
        std::string out;
        for (const std::string& line : list(split).remarks) out += line + "\n";
        return out;
    }
    Scratch scratch_;
};

TEST_F(Tree, AnotherSplitBesideTrainMakesASplitTree) {
    for (const char* other : {"test", "val", "valid", "validation", "Test", "VALIDATION", "testing"}) {
        const Scratch own;
        const auto file = [&](const std::string& name) {
            fs::create_directories((own / name).parent_path());
            own.put(name, "x");
        };
        file("train/a/1.png");
        file("train/b/2.png");
        file(std::string(other) + "/a/3.png");
        fs::create_directories(own / "__MACOSX");
        const PictureTree tree = list_pictures(own.folder(), {});
        EXPECT_EQ(tree.class_names, (Names{"a", "b"})) << other;
        EXPECT_EQ(tree.files.size(), 2U) << other;
        EXPECT_TRUE(tree.remarks.empty()) << other << ": " << tree.remarks[0];
    }
}

TEST_F(Tree, TrainWithClassFoldersIsOneWhateverLiesBeside) {
    put("train/a/1.png train/b/2.png notes/plan.png");
    EXPECT_EQ(taken(), "a: train/a/1.png; b: train/b/2.png");
    EXPECT_TRUE(has(remarks(), "so notes beside 'train' is left out")) << remarks();
    put("Training/c/3.png");  // a second one of the kind
    EXPECT_EQ(taken(), "a: train/a/1.png; b: train/b/2.png");
    EXPECT_TRUE(has(remarks(), "so Training, notes beside 'train' are left out")) << remarks();
    EXPECT_TRUE(has(error("test"), "has no folder 'test', only 'Training', 'notes', 'train' (data.split)"));
}

TEST_F(Tree, BusCarTrainAreThreeClasses) {
    put("bus/1.png car/2.png train/3.png train/4.png train/side/5.png");
    fs::create_directories(scratch_ / "test");  // nothing in it: no part
    EXPECT_EQ(taken(), "bus: bus/1.png; car: car/2.png; train: train/3.png train/4.png train/side/5.png");
    EXPECT_TRUE(has(error("test"), "is not made of folders train and test, so there is no 'test'"));
    put("test/6.png");
    EXPECT_EQ(taken(), ": train/3.png train/4.png train/side/5.png");
    EXPECT_EQ(taken("test"), ": test/6.png");
}

TEST_F(Tree, TheOtherParts) {
    put("Train/a/1.png Test/a/2.png Test/b/3.png valid/a/4.png");
    EXPECT_EQ(taken(), "a: Train/a/1.png");
    EXPECT_EQ(taken("test"), "a: Test/a/2.png; b: Test/b/3.png");
    EXPECT_EQ(taken("val"), "a: valid/a/4.png");
    EXPECT_TRUE(remarks().empty());
}

TEST_F(Tree, PartsWithoutTrain) {
    put("valid/a/0.png test/a/1.png");
    EXPECT_TRUE(has(error(),
                    "has no folder 'train', only 'test', 'valid' (data.split) | data.split=test takes "
                    "'test', data.path="));
    EXPECT_EQ(taken("val"), "a: valid/a/0.png");
    EXPECT_THROW(list(), MissingSplit);
    put("bus/2.png");  // not made of parts: then they are classes
    EXPECT_EQ(list().class_names, (Names{"bus", "test", "valid"}));
}

TEST_F(Tree, AnArchiveThatUnpacksToOneFolder) {
    put("pets/data/train/a/1.png pets/data/test/a/2.png pets/README.md __MACOSX/pets/._x.png");
    EXPECT_EQ(taken(), "a: pets/data/train/a/1.png");
    EXPECT_EQ(taken("test"), "a: pets/data/test/a/2.png");
}

TEST_F(Tree, OneClassWithFoldersIsPointedOut) {
    put("pets/cat/1.png pets/dog/2.png");
    EXPECT_EQ(taken(), "pets: pets/cat/1.png pets/dog/2.png");
    EXPECT_TRUE(has(remarks(), "/pets makes the folders in it classes: cat, dog")) << remarks();
}

TEST_F(Tree, PartsInsideOfClassesArePointedOut) {
    put("cat/train/1.png cat/test/2.png dog/train/3.png dog/test/4.png");
    EXPECT_EQ(list().class_names, (Names{"cat", "dog"}));
    EXPECT_TRUE(has(remarks(), "every class has folders like train and test in it")) << remarks();
}

TEST_F(Tree, LitterIsNothing) {
    put("a/1.png b/2.png __MACOSX/a/._1.png a/Thumbs.db a/desktop.ini b/.DS_Store .git/x.png @eaDir/a/1.png "
        "a/@eaDir/1.png lost+found/x.png $RECYCLE.BIN/x.png .ipynb_checkpoints/y.png "
        "a/.ipynb_checkpoints/y.png "
        "b/__MACOSX/z.png THUMBS.DB a/._1.png");
    EXPECT_EQ(taken(), "a: a/1.png; b: b/2.png");
    EXPECT_TRUE(remarks().empty()) << remarks();
    EXPECT_FALSE(is_litter("lost"));
}

TEST_F(Tree, AFewLoosePicturesAreLeftOutWithOneRemark) {
    put("a/1.png a/2.png b/3.png cover.png sheet.jpg");
    EXPECT_EQ(taken(), "a: a/1.png a/2.png; b: b/3.png");
    EXPECT_TRUE(
        has(remarks(), ": 2 pictures loose beside its folders are left out (the first: cover.png)\n"));
    put("x.png y.png");  // the majority now
    EXPECT_EQ(list().class_names, Names{});
    EXPECT_EQ(list().files.size(), 7U);
    EXPECT_TRUE(has(remarks(), "pictures lie directly in it, so its folders are no classes")) << remarks();
}

TEST_F(Tree, LoosePicturesBesideAndInsideOfParts) {
    put("train/a/1.png train/b/2.png train/loose.png test/a/3.png top.png");
    EXPECT_EQ(taken(), "a: train/a/1.png; b: train/b/2.png");
    EXPECT_TRUE(has(remarks(), ": 1 picture loose beside its folders is left out (the first: top.png)"));
    EXPECT_TRUE(
        has(remarks(), "/train: 1 picture loose beside its folders is left out (the first: loose.png)"));
}

TEST_F(Tree, NamesComeInNaturalOrder) {
    for (int k = 10; k >= 1; --k) put(std::to_string(k) + "/x.png");
    EXPECT_EQ(list().class_names, (Names{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}));
    // Where the pictures lie in memory does not follow: it is what it always was.
    EXPECT_EQ(list().files[1].path.parent_path().filename(), "10");
    EXPECT_EQ(list().files[1].label, 9);
}

TEST_F(Tree, LinksAreFollowed) {
    const Scratch other;
    fs::create_directories(other / "deep/er");
    for (const char* name : {"1.png", "deep/2.png", "deep/er/3.png"}) other.put(name, "x");
    put("a/0.png z.txt");
    link(other.folder().string(), "a/extra");
    link((other / "1.png").string(), "a/one.png");
    link((other / "deep").string(), "b");
    const PictureTree tree = list();
    EXPECT_EQ(tree.class_names, (Names{"a", "b"}));
    EXPECT_EQ(taken(),
              "a: a/0.png a/one.png a/extra/1.png a/extra/deep/2.png a/extra/deep/er/3.png; "
              "b: b/2.png b/er/3.png");
}

TEST_F(Tree, CirclesEndAndDanglingLinksAreCounted) {
    put("a/0.png a/in/1.png b/2.png");
    link("a", "a/in/up");
    link("", "a/top");
    link("a", "b/a");
    link("nowhere", "b/gone.png");
    link("nowhere", "gone");
    link((scratch_ / "self").string(), "self");
    EXPECT_EQ(taken(), "a: a/0.png a/in/1.png; b: b/2.png b/a/0.png b/a/in/1.png");
    EXPECT_TRUE(has(remarks(), ": 3 links lead nowhere and are left out (the first: ")) << remarks();
    EXPECT_TRUE(has(remarks(), "links lead back to folders that are there already and are not followed"))
        << remarks();
    EXPECT_FALSE(has(remarks(), "neither")) << remarks();
}

TEST_F(Tree, LinkedPartsAndALinkedRoot) {
    const Scratch other;
    put("data/train/a/1.png data/test/a/2.png");
    fs::create_directories(other / "x");
    fs::create_directory_symlink(scratch_ / "data/train", other / "x/train");
    fs::create_directory_symlink(scratch_ / "data/test", other / "x/test");
    fs::create_directory_symlink(other / "x", other / "root");
    EXPECT_EQ(list_pictures(other / "root", {}).class_names, (Names{"a"}));
    EXPECT_EQ(list_pictures(other / "root", {.split = "test"}).files.size(), 1U);
    put("flat/1.png");
    fs::create_directory_symlink(scratch_ / "flat", other / "flat");
    EXPECT_EQ(list_pictures(other / "flat", {}).files.size(), 1U);
}

TEST_F(Tree, WhatARunUnderstoodOnceItStillDoes) {
    put("train/a/1.png test/a/2.png");
    EXPECT_EQ(taken("train", Names{"a"}), "a: train/a/1.png");
    EXPECT_EQ(taken("train", Names{"test", "train"}), "test: test/a/2.png; train: train/a/1.png");
    put("loose.png");
    EXPECT_EQ(taken("train", Names{}), ": loose.png test/a/2.png train/a/1.png");
}

TEST_F(Tree, OddNames) {
    put("T-shirt/1.png \xC3\xA9t\xC3\xA9/2.png");
    for (const char* name : {"a\nb", "a\tb", "big, red", "cat ", "\xFF"}) {
        fs::create_directories(scratch_ / name);
        scratch_.put(std::string(name) + "/3.png", "x");
    }
    EXPECT_EQ(list().class_names,
              (Names{"T-shirt", "a?b", "a?b (2)", "big, red", "cat ", "\xC3\xA9t\xC3\xA9", "?"}));
}

}  // namespace

// SPDX-License-Identifier: MIT
// The data sets that come as IDX and as CIFAR's binary files.
#include "data_sets/image_files.hpp"

namespace {

using namespace mf;
using namespace mf::test;

/// Four pictures of 2 x 3; picture i starts with byte 6 i.
class IdxSet : public testing::Test {
  protected:
    void put_train(const std::string& labels = std::string("\2\0\1\2", 4)) {
        scratch_.put("train-images-idx3-ubyte", idx_bytes({4, 2, 3}));
        scratch_.put("train-labels-idx1-ubyte", idx_bytes({4}, labels));
    }
    Scratch scratch_;
};

TEST_F(IdxSet, AFolderWithTheUsualNames) {
    put_train();
    scratch_.put("t10k-images.idx3-ubyte.gz", gzipped(idx_bytes({2, 2, 3})));
    scratch_.put("t10k-labels.idx1-ubyte.gz", gzipped(idx_bytes({2})));
    const auto train = make_set("idx", scratch_.folder());
    EXPECT_EQ(train->sample_shape(), (Shape{2, 3, 1}));
    EXPECT_EQ(train->size(), 4);
    EXPECT_EQ(train->images()->class_names(), (Names{"0", "1", "2"}));
    EXPECT_EQ(labels(*train), (Numbers{2, 0, 1, 2}));
    EXPECT_EQ(first_bytes(*train), (Numbers{0, 6, 12, 18}));
    EXPECT_EQ(stored(*train, 1).bytes, (Numbers{6, 7, 8, 9, 10, 11}));
    const auto test = make_set("idx", scratch_.folder(), {{"data.split", "test"}});
    EXPECT_EQ(test->size(), 2);
    EXPECT_EQ(labels(*test), (Numbers{0, 1}));
}

TEST_F(IdxSet, NamesFormAndClassesCanBeChosen) {
    put_train();
    const auto data = make_set("idx", scratch_.folder(),
                               {{"data.names", "top,coat,boot"}, {"data.channels", "3"}, {"data.size", "2"}});
    EXPECT_EQ(data->images()->class_names(), (Names{"top", "coat", "boot"}));
    EXPECT_EQ(data->sample_shape(), (Shape{2, 2, 3}));
    EXPECT_EQ(stored(*data, 0).bytes, (Numbers{0, 0, 0, 1, 1, 1, 3, 3, 3, 4, 4, 4}));
    const auto two = make_set("idx", scratch_.folder(), {{"data.classes", "2,0"}});
    EXPECT_EQ(two->images()->class_names(), (Names{"2", "0"}));
    EXPECT_EQ(first_bytes(*two), (Numbers{0, 6, 18}));
    EXPECT_EQ(labels(*two), (Numbers{0, 1, 0}));
    EXPECT_TRUE(has(set_error("idx", scratch_.folder(), {{"data.classes", "3"}}),
                    "no class '3'; there are 3 classes"));
    EXPECT_TRUE(
        has(set_error("idx", scratch_.folder(), {{"data.classes", "1,1"}}), "class '1' is named twice"));
}

TEST_F(IdxSet, OneFileOfImages) {
    const auto images =
        scratch_.put("emnist-letters-train-images-idx3-ubyte.gz", gzipped(idx_bytes({4, 2, 3})));
    const auto unlabelled = make_set("idx", images);
    EXPECT_EQ(unlabelled->classes(), 0);
    ASSERT_EQ(unlabelled->remarks().size(), 1U);
    EXPECT_TRUE(has(unlabelled->remarks()[0], "no file of labels"));
    EXPECT_TRUE(has(set_error("idx", images, {{"data.classes", "1"}}), "these pictures have no classes"));
    scratch_.put("emnist-letters-train-labels-idx1-ubyte", idx_bytes({4}));
    EXPECT_EQ(make_set("idx", images)->classes(), 4);
    EXPECT_TRUE(make_set("idx", images)->remarks().empty());
    const auto colour = scratch_.put("colour", idx_bytes({2, 3, 4, 3}));
    EXPECT_EQ(make_set("idx", colour, {{"data.channels", "3"}})->sample_shape(), (Shape{3, 4, 3}));
}

TEST_F(IdxSet, Faults) {
    EXPECT_TRUE(has(set_error("idx", ""), "data.name=idx wants data.path"));
    EXPECT_TRUE(has(set_error("idx", scratch_ / "none"), "there is no such file or folder (data.path)"));
    EXPECT_TRUE(
        has(set_error("idx", scratch_.folder()), "there is no train-images-idx3-ubyte, plain or as .gz"));
    scratch_.put("train-images-idx3-ubyte", idx_bytes({4, 2, 3}));
    EXPECT_TRUE(has(set_error("idx", scratch_.folder()), "there is no train-labels-idx1-ubyte"));
    scratch_.put("train-labels-idx1-ubyte", idx_bytes({3}));
    EXPECT_TRUE(
        has(set_error("idx", scratch_.folder()), "labels of shape (3), expected (4), one for each picture"));
    put_train();
    EXPECT_TRUE(has(set_error("idx", scratch_.folder(), {{"data.names", "a,b"}}),
                    "picture 0 (byte 8) has label 2, expected 0 to 1"));
    for (const auto& dims :
         std::vector<std::vector<std::uint32_t>>{{24}, {4, 6}, {2, 2, 3, 2}, {0, 2, 3}, {1, 2, 0}})
        EXPECT_TRUE(has(set_error("idx", scratch_.put("odd", idx_bytes(dims))), "expected pictures"));
    const auto large =
        scratch_.put("large", gzipped(idx_bytes({300, 64, 64}, std::string(300 * 64 * 64, 'x'))));
    EXPECT_TRUE(has(set_error("idx", large, {{"data.memory_mib", "1"}}), "expected at most 1048576 bytes"));
    const auto grown = scratch_.put("grown", idx_bytes({60, 64, 64}));
    EXPECT_TRUE(
        has(set_error("idx", grown, {{"data.memory_mib", "1"}, {"data.size", "100"}, {"data.channels", "3"}}),
            "60 pictures of 100 x 100 x 3 take 2 MiB of memory, expected at most 1"));
}

TEST_F(IdxSet, AnOrderThatIsFixedKeepsItsNumbers) {
    put_train(std::string("\2\1\1\2", 4));  // no picture of 0
    const auto own = make_set("idx", scratch_.folder());
    EXPECT_EQ(own->images()->class_names(), (Names{"1", "2"}));
    EXPECT_EQ(labels(*own), (Numbers{1, 0, 0, 1}));
    ASSERT_EQ(own->remarks().size(), 1U);
    EXPECT_TRUE(has(own->remarks()[0], "no pictures of class 0, which is dropped"));
    const auto kept = make_ordered("idx", scratch_.folder(), Names{"0", "2", "1"});
    EXPECT_EQ(kept->images()->class_names(), (Names{"0", "2", "1"}));
    EXPECT_EQ(labels(*kept), (Numbers{1, 2, 2, 1}));
    EXPECT_TRUE(has(kept->remarks().at(0), "no pictures of class 0; it keeps its number"));
    EXPECT_EQ(first_bytes(*kept), first_bytes(*own));  // places do not depend on the order
    EXPECT_TRUE(has(ordered_error("idx", scratch_.folder(), Names{"0", "1"}),
                    "there are pictures of 2, which is not among the classes 0, 1; and none of 0"));
    const auto chosen = make_ordered("idx", scratch_.folder(), Names{"0", "1"}, {{"data.classes", "0,1"}});
    EXPECT_EQ(labels(*chosen), (Numbers{1, 1}));
    EXPECT_EQ(make_ordered("idx", scratch_.folder(), Names{})->classes(), 0);
    EXPECT_EQ(make_ordered("idx", scratch_.folder(), Names{})->size(), 4);
}

class CifarSet : public testing::Test {
  protected:
    CifarSet() {
        std::filesystem::create_directories(scratch_ / "cifar-10-batches-bin");
        for (int k = 1; k <= 5; ++k)
            scratch_.put("cifar-10-batches-bin/data_batch_" + std::to_string(k) + ".bin",
                         cifar_record({k}, k) + cifar_record({9}, 10 + k));
        scratch_.put("cifar-10-batches-bin/test_batch.bin", cifar_record({7}, 99));
    }
    Scratch scratch_;
};

TEST_F(CifarSet, TenClasses) {
    for (const auto& path : {scratch_.folder(), scratch_ / "cifar-10-batches-bin"}) {
        const auto train = make_set("cifar", path);
        EXPECT_EQ(train->sample_shape(), (Shape{32, 32, 3}));
        EXPECT_EQ(train->size(), 10);
        EXPECT_EQ(train->images()->class_names(), (Names{"automobile", "bird", "cat", "deer", "dog",
                                                         "truck"}));  // the others have no pictures
        EXPECT_EQ(labels(*train), (Numbers{0, 5, 1, 5, 2, 5, 3, 5, 4, 5}));
        EXPECT_EQ(first_bytes(*train), (Numbers{1, 11, 2, 12, 3, 13, 4, 14, 5, 15}));
        const auto picture = stored(*train, 0).bytes;
        EXPECT_EQ((Numbers{picture.begin(), picture.begin() + 6}), (Numbers{1, 51, 101, 2, 52, 102}));
    }
    const auto test = make_set("cifar", scratch_.folder(), {{"data.split", "test"}, {"data.size", "16"}});
    EXPECT_EQ(test->sample_shape(), (Shape{16, 16, 3}));
    EXPECT_EQ(first_bytes(*test), (Numbers{116}));  // mean of 99, 100, 131 and 132, rounded
    const auto horse = make_set("cifar", scratch_ / "cifar-10-batches-bin/test_batch.bin");
    EXPECT_EQ(labels(*horse), (Numbers{0}));
    EXPECT_EQ(horse->images()->class_names(), (Names{"horse"}));
}

TEST_F(CifarSet, NamesComeFromTheFileBeside) {
    const auto names = [&] { return make_set("cifar", scratch_.folder())->images()->class_names(); };
    scratch_.put("cifar-10-batches-bin/batches.meta.txt", "a\r\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
    EXPECT_EQ(names(), (Names{"b", "c", "d", "e", "f", "j"}));
    scratch_.put("cifar-10-batches-bin/batches.meta.txt", "a\nb\n");
    EXPECT_EQ(names().back(), "truck");
}

TEST_F(CifarSet, ClassesCanBeChosen) {
    const auto data =
        make_set("cifar", scratch_.folder(), {{"data.classes", "truck,cat"}, {"data.channels", "1"}});
    EXPECT_EQ(data->sample_shape(), (Shape{32, 32, 1}));
    EXPECT_EQ(labels(*data), (Numbers{0, 0, 1, 0, 0, 0}));
    EXPECT_TRUE(
        has(set_error("cifar", scratch_.folder(), {{"data.classes", "trunk"}}), "did you mean truck?"));
    EXPECT_TRUE(
        has(set_error("cifar", scratch_.folder(), {{"data.classes", "8"}}), "no pictures of these classes"));
}

TEST_F(CifarSet, AHundredClasses) {
    const Scratch other;
    other.put("train.bin", cifar_record({4, 30}) + cifar_record({0, 99}, 1));
    other.put("coarse_label_names.txt",
              "c0\nc1\nc2\nc3\nc4\nc5\nc6\nc7\nc8\nc9\nc10\nc11\nc12\nc13\nc14\nc15\nc16\nc17\nc18\nc19\n");
    const auto fine = make_set("cifar", other.folder());
    EXPECT_EQ(fine->images()->class_names(), (Names{"30", "99"}));
    EXPECT_EQ(labels(*fine), (Numbers{0, 1}));
    ASSERT_EQ(fine->remarks().size(), 1U);
    EXPECT_TRUE(has(fine->remarks()[0], "no pictures of the classes 0, 1, 2")) << fine->remarks()[0];
    EXPECT_TRUE(has(fine->remarks()[0], "19 and 78 more, which are dropped")) << fine->remarks()[0];
    const auto coarse = make_set("cifar", other.folder(), {{"data.coarse", "true"}});
    EXPECT_EQ(coarse->images()->class_names(), (Names{"c0", "c4"}));
    EXPECT_EQ(labels(*coarse), (Numbers{1, 0}));
    EXPECT_TRUE(has(set_error("cifar", scratch_.folder(), {{"data.coarse", "true"}}), "no coarse labels"));
}

TEST_F(CifarSet, Faults) {
    const Scratch empty;
    EXPECT_TRUE(has(set_error("cifar", empty.folder()),
                    "there is neither data_batch_1.bin (CIFAR-10) nor train.bin"));
    EXPECT_TRUE(has(set_error("cifar", empty.put("a.bin", "abc")), "3 bytes are no whole number of records"));
    scratch_.put("cifar-10-batches-bin/data_batch_4.bin", cifar_record({10}));
    EXPECT_TRUE(has(set_error("cifar", scratch_.folder()),
                    "data_batch_4.bin: record 0 (byte 0): the label 10, expected 0 to 9"));
    std::filesystem::remove(scratch_ / "cifar-10-batches-bin/data_batch_4.bin");
    EXPECT_TRUE(has(set_error("cifar", scratch_.folder()), "data_batch_4.bin: there is no such file"));
}

}  // namespace

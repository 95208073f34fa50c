#include <torch/torch.h>

#include <catch.hpp>
#include <cstring>
#include <etude/error.hpp>
#include <etude/safetensors.hpp>
#include <fstream>
#include <temporary_directory.hpp>

using namespace etude;

namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

/// A file of this header and data, its length in front.
std::string file_of(const std::string& header, const std::string& data) {
  const std::uint64_t size = header.size();
  std::string bytes(reinterpret_cast<const char*>(&size), 8);
  return bytes + header + data;
}

const std::string four_bytes("\0\0\x80\x3f", 4);  // 1.0f

}  // namespace

TEST_CASE("A safetensors file is the bytes that its format describes") {
  const testing::TemporaryDirectory folder;
  const auto file = folder.path() / "a.safetensors";
  save_safetensors(file, {{"w", torch::ones({1, 1})}, {"n", torch::tensor({2, 3}, torch::kByte)}},
                   {{"k", "a \"quoted\"\n\xc3\xa9"}});
  std::string header =
      R"({"__metadata__":{"k":"a \"quoted\"\u000a)"
      "\xc3\xa9"
      R"("},"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"n":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  CHECK(bytes_of(file) == file_of(header, four_bytes + "\x02\x03"));
}

TEST_CASE("Tensors of every type come back as they were, and the same tensors give the same bytes") {
  const testing::TemporaryDirectory folder;
  torch::manual_seed(1);
  NamedTensors tensors;
  for (const auto type : {torch::kFloat, torch::kDouble, torch::kHalf, torch::kBFloat16, torch::kLong, torch::kByte})
    tensors.emplace_back(c10::toString(type), (torch::rand({3, 5}) * 100).to(type));
  tensors.emplace_back("scalar", torch::tensor(2.5));
  tensors.emplace_back("empty", torch::empty({0, 4}));
  tensors.emplace_back("transposed", torch::randn({4, 3}).t());
  save_safetensors(folder.path() / "a", tensors, {{"b", "2"}, {"a", "1"}});
  save_safetensors(folder.path() / "b", tensors, {{"a", "1"}, {"b", "2"}});
  CHECK(bytes_of(folder.path() / "a") == bytes_of(folder.path() / "b"));

  const auto read = load_safetensors(folder.path() / "a");
  CHECK(read.metadata == std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}});
  REQUIRE(read.tensors.size() == tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    CHECK(read.tensors[i].first == tensors[i].first);
    CHECK(read.tensors[i].second.scalar_type() == tensors[i].second.scalar_type());
    CHECK(torch::equal(read.tensors[i].second, tensors[i].second));
  }
}

TEST_CASE("A safetensors file cut anywhere is refused") {
  const testing::TemporaryDirectory folder;
  const auto file = folder.path() / "cut.safetensors";
  save_safetensors(file, {{"w", torch::ones({3})}, {"v", torch::ones({2})}}, {{"k", "v"}});
  const auto whole = bytes_of(file);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write(file, whole.substr(0, size));
    CHECK_THROWS_AS(load_safetensors(file), Error);
  }
  write(file, whole);
  CHECK(load_safetensors(file).tensors.size() == 2);
}

TEST_CASE("A damaged header is refused, with the file and the fault") {
  const testing::TemporaryDirectory folder;
  const auto file = folder.path() / "damaged.safetensors";
  const auto refused = [&](const std::string& header, const std::string& data, const std::string& fault) {
    INFO(header);
    write(file, file_of(header, data));
    CHECK_THROWS_WITH(load_safetensors(file), Catch::Contains("damaged.safetensors") && Catch::Contains(fault));
  };
  const auto entry = [](const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"w":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
  };
  write(file, file_of(entry("F32", "[1]", "[0,4]"), four_bytes));
  REQUIRE(load_safetensors(file).tensors[0].second.item<float>() == 1.0f);

  refused(entry("F99", "[1]", "[0,4]"), four_bytes, "F99");
  refused(entry("F32", "[2]", "[0,4]"), four_bytes, "w");
  refused(entry("F32", "[1]", "[4,0]"), four_bytes, "w");
  refused(entry("F32", "[1]", "[4,8]"), four_bytes, "w");
  refused(entry("F32", "[1]", "[-4,0]"), four_bytes, "negative");
  refused(entry("F32", "[4611686018427387904,4]", "[0,0]"), "", "larger than any file");
  refused(entry("F32", "[1]", "[0,4]") + "x", four_bytes, "end of the header");
  refused(entry("F32", "[1.5]", "[0,4]"), four_bytes, "expected");
  refused(R"({"w":{"shape":[1],"data_offsets":[0,4]}})", four_bytes, "dtype");
  refused(R"({"w":{"dtype":"F32","shape":[1]}})", four_bytes, "data_offsets");
  refused(R"({"w":{"dtype":"F32","data_offsets":[0,4]}})", four_bytes, "shape");
  refused(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
          four_bytes, "twice");
  refused("[]", "", "object");
  refused("", "", "object");
  // Data that no tensor owns could hide anything; the format forbids it.
  refused(entry("F32", "[1]", "[0,4]"), four_bytes + four_bytes, "no tensor");
  refused(entry("F32", "[1]", "[4,8]"), four_bytes + four_bytes, "no tensor");
}

TEST_CASE("What cannot be written is said, and leaves the old file") {
  const testing::TemporaryDirectory folder;
  const auto file = folder.path() / "kept.safetensors";
  save_safetensors(file, {{"w", torch::ones({1})}}, {});
  const auto before = bytes_of(file);
  CHECK_THROWS_WITH(save_safetensors(file, {{"w", torch::ones({1})}, {"w", torch::ones({1})}}, {}), Catch::Contains("w"));
  CHECK_THROWS_AS(save_safetensors(file, {{"w", torch::ones({1}, torch::kComplexFloat)}}, {}), Error);
  CHECK(bytes_of(file) == before);
  CHECK_THROWS_WITH(save_safetensors(folder.path() / "no" / "such" / "folder", {}, {}), Catch::Contains("such"));
  CHECK_THROWS_WITH(load_safetensors(folder.path() / "nothing"), Catch::Contains("nothing"));
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

#include <torch/torch.h>

#include <algorithm>
#include <catch.hpp>
#include <ctime>
#include <limits>
#include <plugins/bpe_workshop.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

Json small_file() { return saved(*learned({{"vocab_size", 300}}, {"abc abd abc\n"})); }

std::string refusal_of(const Json& json) {
  const TemporaryDirectory folder;
  const auto file = write(folder.path() / "tokenizer.json", json.dump());
  return error_of([&] { bpe({{"file", file.string()}}); });
}

}  // namespace

TEST_CASE("bpe: a saved tokenizer loads to the same ids and saves to the same file") {
  const TemporaryDirectory folder;
  const std::string text = random_text(4, 2000, "abc♯ 12|:'") + "\xff\n";
  const Table options = GENERATE(Table{{"vocab_size", 400}}, Table{{"vocab_size", 400}, {"split", "bars"}},
                                 Table{{"vocab_size", 400}, {"initial_alphabet", false}});
  const auto first = learned(options, {text});
  first->save(folder.path() / "first.json");
  const auto second = bpe(options), third = bpe({{"file", (folder.path() / "first.json").string()}});
  second->load(folder.path() / "first.json");
  for (const auto& tokenizer : {second, third}) {
    CHECK(encode(*tokenizer, text + "<unk>é") == encode(*first, text + "<unk>é"));
    CHECK(encode_marked(*tokenizer, "a<|endoftext|>") == encode_marked(*first, "a<|endoftext|>"));
    CHECK(tokenizer->lossless() == first->lossless());
    CHECK(tokenizer->unknown() == first->unknown());
    CHECK(saved(*tokenizer) == saved(*first));
  }
}

TEST_CASE("bpe: a file decides everything where it is used instead of learning") {
  const TemporaryDirectory folder;
  learned(study, {aab})->save(folder.path() / "tokenizer.json");
  const auto tokenizer = bpe({{"file", (folder.path() / "tokenizer.json").string()}});
  CHECK(tokenizer->vocab_size() == 9);
  GivenTexts documents({"xyz"});
  tokenizer->learn(documents, 2);
  CHECK(encode(*tokenizer, aab) == Ids{7, 8, 8, 4});
  CHECK(tokenizer->end_of_text() == TokenId{1});
}

TEST_CASE("bpe: merges of older files, as texts with a space, are read too") {
  const TemporaryDirectory folder;
  Json json = small_file();
  const auto file = write(folder.path() / "new.json", json.dump());
  const auto expected = encode(*bpe({{"file", file.string()}}), "abc abd");
  for (auto& merge : json["model"]["merges"]) merge = merge[0].get<std::string>() + ' ' + merge[1].get<std::string>();
  const auto old_file = write(folder.path() / "old.json", json.dump());
  CHECK(encode(*bpe({{"file", old_file.string()}}), "abc abd") == expected);
}

TEST_CASE("bpe: a file is read in a time that grows as its vocabulary does") {
  const TemporaryDirectory folder;
  const auto seconds = [&](int tokens) {
    auto json = nlohmann::json::parse(small_file().dump());
    for (int id = 300; id < tokens; ++id) json["model"]["vocab"]["token" + std::to_string(id)] = id;
    const auto file = write(folder.path() / "large.json", json.dump());
    std::clock_t least = std::numeric_limits<std::clock_t>::max();
    for (int i = 0; i < 3; ++i) {
      const std::clock_t begin = std::clock();
      CHECK(bpe({{"file", file.string()}})->vocab_size() == tokens);
      least = std::min(least, std::clock() - begin);
    }
    return static_cast<double>(least) / CLOCKS_PER_SEC;
  };
  CHECK(seconds(32'000) < 30 * seconds(4'000));  // it would be 64 times if each key were looked for among all others
}

TEST_CASE("bpe: added tokens that are normalized are looked for between the others") {
  const TemporaryDirectory folder;
  Json json = small_file();
  const auto add = [&](int id, const char* content, bool normalized) {
    json["added_tokens"].push_back({{"id", id},
                                    {"content", content},
                                    {"single_word", false},
                                    {"lstrip", false},
                                    {"rstrip", false},
                                    {"normalized", normalized},
                                    {"special", !normalized}});
  };
  add(500, "bX", false);
  add(501, "Ab", true);
  const auto tokenizer = bpe({{"file", write(folder.path() / "added.json", json.dump()).string()}});
  CHECK(tokenizer->vocab_size() == 502);
  CHECK(encode_marked(*tokenizer, "AbXAb") == Ids{json["model"]["vocab"]["A"].get<TokenId>(), 500, 501});
  CHECK(saved(*tokenizer) == json);
}

TEST_CASE("bpe: a tokenizer.json of another kind is refused, and what it has instead is named") {
  const Json good = small_file();
  REQUIRE(refusal_of(good).empty());
  const auto with = [&](const char* pointer, Json value) {
    Json json = good;
    json[Json::json_pointer(pointer)] = std::move(value);
    return refusal_of(json);
  };
  const Json byte_level = good["pre_tokenizer"];
  CHECK_THAT(with("/model/type", "WordPiece"), Catch::Contains("model is WordPiece, not BPE"));
  CHECK_THAT(with("/model/type", "Unigram"), Catch::Contains("model is Unigram, not BPE"));
  CHECK_THAT(with("/normalizer", {{"type", "NFC"}}), Catch::Contains("normalizer is NFC"));
  CHECK_THAT(with("/normalizer", Json::parse(R"({"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Lowercase"}]})")),
             Catch::Contains("normalizer is Sequence of NFD, Lowercase"));
  CHECK_THAT(with("/pre_tokenizer", nullptr), Catch::Contains("no pre-tokenizer"));
  CHECK_THAT(with("/pre_tokenizer", {{"type", "Metaspace"}}), Catch::Contains("pre-tokenizer is Metaspace"));
  CHECK_THAT(with("/pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", Json::array({{{"type", "Digits"}}, byte_level})}}),
             Catch::Contains("pre-tokenizer is Sequence of Digits, ByteLevel"));
  CHECK_THAT(with("/pre_tokenizer/add_prefix_space", true), Catch::Contains("add_prefix_space is true"));
  CHECK_THAT(with("/pre_tokenizer/use_regex", false), Catch::Contains("use_regex is false"));
  CHECK_THAT(with("/post_processor", {{"type", "TemplateProcessing"}}), Catch::Contains("post-processor is TemplateProcessing"));
  CHECK_THAT(with("/decoder", {{"type", "WordPiece"}}), Catch::Contains("decoder is WordPiece"));
  CHECK_THAT(with("/truncation", {{"max_length", 5}}), Catch::Contains("truncation is {\"max_length\":5}"));
  CHECK_THAT(with("/model/dropout", 0.1), Catch::Contains("model's dropout is 0.1"));
  CHECK_THAT(with("/model/byte_fallback", true), Catch::Contains("model's byte_fallback is true"));
  CHECK_THAT(with("/model/ignore_merges", true), Catch::Contains("model's ignore_merges is true"));
  CHECK_THAT(with("/model/fuse_unk", true), Catch::Contains("model's fuse_unk is true"));
  CHECK_THAT(with("/model/end_of_word_suffix", "</w>"), Catch::Contains("end_of_word_suffix is \"</w>\""));
  CHECK_THAT(with("/model/unk_token", "<none>"), Catch::Contains("unk_token \"<none>\" is no token"));
  CHECK_THAT(with("/model/merges/0", Json::array({"a", "<none>"})), Catch::Contains("\"<none>\", which is no token"));
  CHECK_THAT(with("/model/merges/0", "a b c"), Catch::Contains("\"a b c\" is not two tokens"));
  CHECK_THAT(with("/model/vocab/a", 5), Catch::Contains("id 5 is both"));
  CHECK_THAT(with("/model/vocab/a", -5), Catch::Contains("is -5"));
  CHECK_THAT(with("/added_tokens/0/rstrip", true), Catch::Contains("added token's rstrip is true"));
  CHECK_THAT(with("/added_tokens/0/id", 1), Catch::Contains("\"<unk>\" has two ids"));
  const Json letter{{"id", good["model"]["vocab"]["é"]}, {"content", "é"}};
  CHECK_THAT(with("/added_tokens/0", letter), Catch::Contains("spelled as tokenizer.json spells a piece of text"));
}

TEST_CASE("bpe: a model that would lose bytes silently is refused") {
  Json json = saved(*learned(study, {aab}));
  json["model"]["unk_token"] = nullptr;
  CHECK_THAT(refusal_of(json), Catch::Contains("252 of the 256 bytes have no token"));
}

TEST_CASE("bpe: a file that is no tokenizer.json is refused with its name") {
  const TemporaryDirectory folder;
  const auto of = [&](const std::string& content) {
    return error_of([&] { bpe({{"file", write(folder.path() / "t.json", content).string()}}); });
  };
  CHECK_THAT(of("{\"model\": "), Catch::Contains("t.json is no tokenizer.json: it is not JSON"));
  CHECK_THAT(of("[]"), Catch::Contains("t.json is not for bpe: it has no model"));
  CHECK_THAT(of(R"({"model": {"type": "BPE"}})"), Catch::Contains("has no vocab"));
  CHECK_THAT(of(R"({"model": {"type": "BPE", "vocab": {"a": "b"}, "merges": []}})"),
             Catch::Contains("t.json is no tokenizer.json"));
  CHECK_THAT(error_of([&] { bpe({{"file", (folder.path() / "none.json").string()}}); }), Catch::Contains("none.json"));
}

TEST_CASE("bpe: a file that was learned with other options does not load") {
  const TemporaryDirectory folder;
  const auto file = folder.path() / "t.json";
  learned({{"vocab_size", 300}}, {random_text(5, 100, "ab")})->save(file);
  const auto load = [&](const Table& options) { return error_of([&] { bpe(options)->load(file); }); };
  CHECK(load({{"vocab_size", 300}}).empty());
  CHECK_THAT(load({{"vocab_size", 260}}), Catch::Contains("tokenizer.vocab_size is 260"));
  CHECK_THAT(load({{"split", "bars"}}), Catch::Contains("tokenizer.split is bars"));
  CHECK_THAT(load({{"specials", Array{"<|endoftext|>", "<unk>"}}}), Catch::Contains("other special tokens"));
}

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <random>
#include <thread>

#include "promises.hpp"

namespace etude::testing {
namespace {

namespace fs = std::filesystem;

class Texts final : public DocumentSource {
 public:
  explicit Texts(const std::vector<std::string>& texts) : texts_(texts) {}
  bool next(Document& document) override {
    if (position_ == texts_.size()) return false;
    document = {text("text ", position_), texts_[position_], std::nullopt};
    ++position_;
    return true;
  }
  void rewind() override { position_ = 0; }

 private:
  const std::vector<std::string>& texts_;
  std::size_t position_ = 0;
};

/// A folder of its own, removed at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "etude-testing-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw Error("cannot make a folder in " + fs::temp_directory_path().string());
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<TokenId> encoded(const Tokenizer& tokenizer, const std::string& text) {
  std::vector<TokenId> ids;
  tokenizer.encode(text, ids);
  return ids;
}

/// Texts as nobody learned them: every byte, broken UTF-8, other scripts, the spelling of an end of text.
std::vector<std::string> strange_texts() {
  std::vector<std::string> texts{"",         "\n",          std::string(1, '\0'), "\xff\xfe\x80",
                                 "\xe2\x82", "日本語 ♯♭ é", "<|endoftext|>",      "<unk>"};
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  texts.push_back(all);
  std::mt19937_64 random(1);
  for (int i = 0; i < 20; ++i) {
    std::string noise(random() % 200, ' ');
    for (char& c : noise) c = static_cast<char>(random());
    texts.push_back(noise);
  }
  return texts;
}

void check_ids(const Tokenizer& tokenizer, const std::vector<std::string>& texts, Promises& promises) {
  const auto vocabulary = tokenizer.vocab_size();
  const auto end = tokenizer.end_of_text(), unknown = tokenizer.unknown();
  const auto inside = [&](TokenId id) { return id >= 0 && id < vocabulary; };
  promises.expect(vocabulary > 0, "vocab_size() is above zero once something was learned");
  promises.expect(!end || inside(*end), "end_of_text() is in the vocabulary");
  promises.expect(!unknown || inside(*unknown), "unknown() is in the vocabulary");
  promises.expect(!end || end != unknown, "end_of_text() and unknown() differ");
  bool all_inside = true, never_end = true;
  for (const auto& text : texts)
    for (const TokenId id : encoded(tokenizer, text)) {
      all_inside = all_inside && inside(id);
      never_end = never_end && id != end;
    }
  promises.expect(all_inside, "encode() gives ids in [0, vocab_size())");
  promises.expect(never_end, "encode() never gives end_of_text(), not even for its spelling");
  std::vector<TokenId> appended{7};
  tokenizer.encode(texts.front(), appended);
  auto expected = encoded(tokenizer, texts.front());
  expected.insert(expected.begin(), 7);
  promises.expect(appended == expected, "encode() appends to the ids that it is given");
}

void check_round_trip(const Tokenizer& tokenizer, const std::vector<std::string>& learned,
                      const std::vector<std::string>& strange, Promises& promises) {
  const auto unknown = tokenizer.unknown();
  for (const auto& text : learned) {
    const auto ids = encoded(tokenizer, text);
    const bool all_known = !unknown || std::find(ids.begin(), ids.end(), *unknown) == ids.end();
    promises.expect(!all_known || tokenizer.decode(ids) == text,
                    "decode(encode(x)) is x for learned text without unknown characters");
  }
  if (tokenizer.lossless())
    for (const auto& text : strange)
      promises.expect(tokenizer.decode(encoded(tokenizer, text)) == text,
                      "decode(encode(x)) is x for any bytes of a lossless tokenizer");
  const std::vector<TokenId> outside{-1, static_cast<TokenId>(tokenizer.vocab_size())};
  promises.expect(tokenizer.decode(outside) == "\uFFFD\uFFFD", "decode() of an id outside the vocabulary is U+FFFD");
  if (unknown) promises.expect(tokenizer.decode(std::vector<TokenId>{*unknown}) == "\uFFFD", "decode() of unknown() is U+FFFD");
}

void check_saving(const Tokenizer& tokenizer, Tokenizer& fresh, const std::vector<std::string>& texts, Promises& promises) {
  const Folder folder;
  tokenizer.save(folder.path() / "saved");
  promises.expect(std::distance(fs::directory_iterator(folder.path()), {}) == 1, "save() writes one file");
  fresh.load(folder.path() / "saved");
  bool same = fresh.vocab_size() == tokenizer.vocab_size();
  for (const auto& text : texts) same = same && encoded(fresh, text) == encoded(tokenizer, text);
  promises.expect(same, "load() restores what save() wrote");
  promises.expect_error("save() into a folder that is not there is an Error",
                        [&] { tokenizer.save(folder.path() / "no" / "file"); });
  promises.expect_error("load() of a file that is not there is an Error", [&] { fresh.load(folder.path() / "none"); });
  std::ofstream(folder.path() / "other") << "{\"something\": \"else\"}\n";
  promises.expect_error("load() of another kind of file is an Error", [&] { fresh.load(folder.path() / "other"); });
}

void check_threads(const Tokenizer& tokenizer, const std::vector<std::string>& texts, Promises& promises) {
  std::vector<std::vector<TokenId>> alone;
  for (const auto& text : texts) alone.push_back(encoded(tokenizer, text));
  std::array<bool, 4> same{true, true, true, true};
  std::vector<std::thread> threads;
  for (bool& mine : same)
    threads.emplace_back([&, &mine = mine] {
      for (int round = 0; round < 10; ++round)
        for (std::size_t i = 0; i < texts.size(); ++i) mine = mine && encoded(tokenizer, texts[i]) == alone[i];
    });
  for (auto& thread : threads) thread.join();
  promises.expect(same == std::array<bool, 4>{true, true, true, true},
                  "encode() by several threads at once gives what one gives");
}

}  // namespace

BrokenPromises check_tokenizer(const std::function<std::shared_ptr<Tokenizer>()>& make, const std::vector<std::string>& texts) {
  Promises promises;
  auto every_text = strange_texts();
  every_text.insert(every_text.begin(), texts.begin(), texts.end());
  promises.section("a tokenizer learns from any documents", [&] {
    const auto tokenizer = make();
    const auto before = tokenizer->vocab_size();
    Texts documents(texts);
    tokenizer->learn(documents, 1);
    promises.expect(before == 0 || before == tokenizer->vocab_size(), "vocab_size() is 0 before learn() or what it is after");
    promises.section("any text can be encoded", [&] { check_ids(*tokenizer, every_text, promises); });
    promises.section("any ids can be decoded", [&] { check_round_trip(*tokenizer, texts, every_text, promises); });
    promises.section("what was learned can be saved and loaded",
                     [&] { check_saving(*tokenizer, *make(), every_text, promises); });
    promises.section("several threads may encode", [&] { check_threads(*tokenizer, every_text, promises); });
    const auto again = make();
    documents.rewind();
    again->learn(documents, 3);
    bool same = again->vocab_size() == tokenizer->vocab_size();
    for (const auto& text : every_text) same = same && encoded(*again, text) == encoded(*tokenizer, text);
    promises.expect(same, "the same documents teach the same vocabulary, on one thread as on three");
  });
  return promises.take();
}

}  // namespace etude::testing

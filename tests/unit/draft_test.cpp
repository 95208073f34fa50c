#include <catch.hpp>
#include <generate/draft.hpp>
#include <generate/tunes.hpp>

using namespace etude;

namespace {

/// Bytes are their own ids; 256 ends a text, 257 is a token of several characters: "|\nX:2".
class Bytes final : public Tokenizer {
 public:
  void learn(DocumentSource&, int) override {}
  void encode(std::string_view text, std::vector<TokenId>& ids) const override {
    for (const char byte : text) ids.push_back(static_cast<unsigned char>(byte));
  }
  std::string decode(std::span<const TokenId> ids) const override {
    std::string text;
    for (const auto id : ids) text += id == 257 ? std::string("|\nX:2") : std::string(1, static_cast<char>(id));
    return text;
  }
  std::int64_t vocab_size() const override { return 258; }
  std::optional<TokenId> end_of_text() const override { return 256; }
  bool lossless() const override { return true; }
  void save(const std::filesystem::path&) const override {}
  void load(const std::filesystem::path&) override {}
};

struct Outcome {
  std::string text;
  std::size_t drawn;  ///< tokens until it was finished
};

/// What becomes of a model that would write `ids`.
Outcome write(const std::vector<TokenId>& ids, const SampleRequest& request, const std::vector<TokenId>& separator = {256}) {
  const Bytes tokenizer;
  auto start = separator;
  tokenizer.encode(request.prompt, start);
  const EndRules rules(request, tokenizer, separator);
  Draft draft(rules, start);
  std::size_t drawn = 0;
  while (!draft.finished() && drawn < ids.size()) draft.add(ids[drawn++]);
  return {draft.text(), drawn};
}

std::vector<TokenId> bytes(const std::string& text) {
  std::vector<TokenId> ids;
  Bytes().encode(text, ids);
  return ids;
}

SampleRequest request(const std::string& prompt = "", bool one_tune = true) {
  SampleRequest r;
  r.count = 1;
  r.new_tokens = 100;
  r.prompt = prompt;
  r.one_tune = one_tune;
  return r;
}

}  // namespace

TEST_CASE("A text ends before end-of-text, and nothing is drawn after it") {
  auto ids = bytes("abc");
  ids.push_back(256);
  ids.push_back('d');
  const auto outcome = write(ids, request());
  CHECK(outcome.text == "abc");
  CHECK(outcome.drawn == 4);
}

TEST_CASE("A text ends before the separator, but not before the separator's characters in its prompt") {
  const auto outcome = write(bytes("abc\n\nX:2"), request("K:C\n"), bytes("\n\n"));
  CHECK(outcome.text == "K:C\nabc");
  CHECK(outcome.drawn == 5);
  // The prompt ends with one line end, the model adds another: the separator must be the model's own.
  CHECK(write(bytes("\nabc"), request("K:C\n"), bytes("\n\n")).text == "K:C\n\nabc");
}

TEST_CASE("A text has at most as many new tokens as were asked for") {
  auto three = request("xy");
  three.new_tokens = 3;
  CHECK(write(bytes("abcdef"), three).text == "xyabc");
}

TEST_CASE("A text of one tune ends before its second line that begins with X:") {
  const std::string tune = "X:1\nK:C\nabc|\n";
  const auto outcome = write(bytes(tune + "X:2\nK:G\n"), request());
  CHECK(outcome.text == tune);
  CHECK(outcome.drawn == tune.size() + 2);  // as soon as it is known
  CHECK(write(bytes(tune + "X:2\nK:G\n"), request("", false)).text == tune + "X:2\nK:G\n");
}

TEST_CASE("What a text holds before its first X: is no tune") {
  CHECK(write(bytes("abc|\nX:1\nK:C\nX:2"), request()).text == "abc|\nX:1\nK:C\n");
}

TEST_CASE("A tune that the prompt begins is the one tune, and tunes that stand in the prompt stay") {
  CHECK(write(bytes("1\nK:C\nX:2"), request("X:")).text == "X:1\nK:C\n");
  CHECK(write(bytes(":1\nK:C\nX:2"), request("X")).text == "X:1\nK:C\n");
  CHECK(write(bytes("abc\nX:3\n"), request("X:1\nK:C\n\nX:2\nK:C\n")).text == "X:1\nK:C\n\nX:2\nK:C\nabc\n");
  CHECK(write(bytes("X:2\nK:C\n"), request("X:1\nK:C\nabc\n")).text == "X:1\nK:C\nabc\n");
  CHECK(write(bytes("X:2\nK:C\nX:3"), request("M:4/4\n")).text == "M:4/4\nX:2\nK:C\n");
}

TEST_CASE("Only a line's beginning can be a tune's") {
  const std::string tune = "X:1\nT:X:2 aX:3\n%X:4\n X:5\n";
  CHECK(write(bytes(tune), request()).text == tune);
}

TEST_CASE("A second tune is cut off within a token") {
  auto ids = bytes("X:1\nK:C\nabc");
  ids.push_back(257);
  CHECK(write(ids, request()).text == "X:1\nK:C\nabc|\n");
}

TEST_CASE("The second tune is looked for in long texts in linear time") {
  std::string text;
  while (text.size() < 10'000'000) text += "\n";
  CHECK(second_tune(text, 0) == std::string::npos);
  CHECK(second_tune("X:1\n" + text + "X:2\n", 0) == text.size() + 4);
}

#include <torch/torch.h>

#include <algorithm>
#include <catch.hpp>
#include <etude/testing.hpp>
#include <map>
#include <plugins/bpe_workshop.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

/// Where `text` is cut: learned until every pretoken is one token.
Strings pretokens(const std::string& text, const std::string& split = "gpt2") {
  const auto tokenizer = learned({{"vocab_size", 10000}, {"min_frequency", 1}, {"split", split}}, {text});
  Strings pieces;
  for (const TokenId id : encode(*tokenizer, text)) pieces.push_back(tokenizer->decode(Ids{id}));
  return pieces;
}

}  // namespace

TEST_CASE("bpe: merges are learned as worked out by hand") {
  // Ids: specials 0 and 1, then a = 2, b = 3, newline = 4 (spelled Ċ) and space = 5 (spelled Ġ). Words: "aab" once, " aab" twice.
  // aa and ab stand three times each: aa comes first, its ids are smaller (6). Then aa+b, 3 times (7); then space+aab, twice (8).
  const auto tokenizer = learned(study, {aab});
  const Json model = saved(*tokenizer)["model"];
  CHECK(model["vocab"].dump() == R"({"<unk>":0,"<|endoftext|>":1,"a":2,"b":3,"Ċ":4,"Ġ":5,"aa":6,"aab":7,"Ġaab":8})");
  CHECK(model["merges"].dump() == R"([["a","a"],["aa","b"],["Ġ","aab"]])");
  CHECK(encode(*tokenizer, aab) == Ids{7, 8, 8, 4});
  CHECK(encode(*tokenizer, "aaaab ab") == Ids{6, 7, 5, 2, 3});  // aa, aab: the leftmost pair of equals goes first
  CHECK(tokenizer->decode(Ids{7, 8, 4}) == "aab aab\n");
}

TEST_CASE("bpe: what stands less often than min_frequency is not merged") {
  Table options = study;
  options.set("min_frequency", 3);
  CHECK(saved(*learned(options, {aab}))["model"]["merges"].dump() == R"([["a","a"],["aa","b"]])");
}

TEST_CASE("bpe: vocab_size is exact, and ids that were not learned are unused") {
  const auto tokenizer = learned({{"vocab_size", 1000}}, {aab});
  CHECK(tokenizer->vocab_size() == 1000);
  CHECK(bpe({{"vocab_size", 1000}})->vocab_size() == 1000);
  CHECK(tokenizer->decode(Ids{999, 1000, -1}) == "\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("bpe: with the initial alphabet any bytes come back") {
  const auto tokenizer = learned({{"vocab_size", 300}}, {aab});
  CHECK(tokenizer->lossless());
  CHECK(bpe({})->lossless());
  const std::string broken("\xff\x80 \xc3(\xe2\x82 \xed\xa0\x80\0aab\xf0\x9d\x84", 19);
  CHECK(tokenizer->decode(encode(*tokenizer, broken)) == broken);
  CHECK(encode(*tokenizer, std::string(1, '\0')) == Ids{188 + 2});  // 188 letters of the alphabet stand for themselves
}

TEST_CASE("bpe: without the initial alphabet each byte that was not learned is unknown") {
  const auto tokenizer = learned(study, {aab});
  CHECK_FALSE(tokenizer->lossless());
  CHECK(tokenizer->unknown() == TokenId{0});
  CHECK(encode(*tokenizer, "aé\nx") == Ids{2, 0, 0, 4, 0});
  CHECK(tokenizer->decode(Ids{2, 0, 0}) == "a\uFFFD\uFFFD");
}

TEST_CASE("bpe: text is cut as GPT-2 cuts it") {
  CHECK(pretokens("don't we'll I'd they've 'S\n") ==
        Strings{"don", "'t", " we", "'ll", " I", "'d", " they", "'ve", " '", "S", "\n"});
  CHECK(pretokens("abc12!? x²  y\t z") == Strings{"abc", "12", "!?", " x", "²", " ", " y", "\t", " z"});
  CHECK(pretokens("a  \n\nb  ") == Strings{"a", "  \n", "\n", "b", "  "});  // white space at the end of a line stays whole
  CHECK(pretokens("C2|D/2 ^F\n") == Strings{"C", "2", "|", "D", "/", "2", " ^", "F", "\n"});
  CHECK(pretokens("é\u00a0日本 ٣٤ Ⅷ\u2003♯") == Strings{"é", "\u00a0", "日本", " ٣٤", " Ⅷ", "\u2003", "♯"});
}

TEST_CASE("bpe: bytes that are no UTF-8 are cut as U+FFFD is") {
  CHECK(pretokens("a\xff"
                  "b!\xc3 \xe2\x82\n") == Strings{"a", "\xff", "b", "!\xc3", " \xe2\x82", "\n"});
  CHECK(pretokens("a\uFFFDb!\uFFFD \uFFFD\n") == Strings{"a", "\uFFFD", "b", "!\uFFFD", " \uFFFD", "\n"});
}

TEST_CASE("bpe: split = bars cuts behind bar lines and nowhere else in a line") {
  CHECK(pretokens("K:C\n|: C2 D|E:|:F||G|]\n", "bars") == Strings{"K:C", "\n", "|:", " C2 D|", "E:|:", "F||", "G|]", "\n"});
  CHECK(pretokens("[|A::B [V:1]c|[CE]2", "bars") == Strings{"[|", "A::", "B [V:1]c|", "[CE]2"});
  CHECK(pretokens("\n\n%%MIDI program 1", "bars") == Strings{"\n", "\n", "%%MIDI program 1"});
}

TEST_CASE("bpe: a document's ids are those of its lines") {
  const std::string text = "ab  \n\n c d\n  \n x";
  const auto tokenizer = learned({{"vocab_size", 400}, {"min_frequency", 1}}, {text});
  Ids by_line;
  for (const char* line : {"ab  \n", "\n", " c d\n", "  \n", " x"}) tokenizer->encode(line, by_line);
  CHECK(encode(*tokenizer, text) == by_line);
}

TEST_CASE("bpe: spellings of special tokens are text, and tokens in marked text") {
  const auto tokenizer =
      learned({{"vocab_size", 300}, {"specials", Array{"<unk>", "<|endoftext|>", "ab", "abc"}}}, {"abcab ab\n"});
  CHECK(tokenizer->end_of_text() == TokenId{1});
  CHECK(tokenizer->decode(encode(*tokenizer, "<|endoftext|>ab")) == "<|endoftext|>ab");
  for (const TokenId id : encode(*tokenizer, "<|endoftext|>ab abc<unk>")) CHECK(id > 3);
  CHECK(encode_marked(*tokenizer, "<|endoftext|>") == Ids{1});
  CHECK(encode_marked(*tokenizer, "abcab<|endoftext|>abab") == Ids{3, 2, 1, 2, 2});  // the longest at each place
  auto expected = encode(*tokenizer, "x ");
  expected.push_back(2);
  tokenizer->encode(" y", expected);
  CHECK(encode_marked(*tokenizer, "x ab y") == expected);
  CHECK(tokenizer->decode(Ids{2, 1, 3}) == "ababc");  // the end of text leaves no trace
}

TEST_CASE("bpe: the roles of special tokens can have other names, or none") {
  const auto tokenizer =
      learned({{"vocab_size", 300}, {"specials", Array{"<pad>", "<eos>"}}, {"unknown", ""}, {"end_of_text", "<eos>"}}, {aab});
  CHECK(tokenizer->end_of_text() == TokenId{1});
  CHECK_FALSE(tokenizer->unknown());
  const auto bare = learned({{"specials", Array{}}, {"unknown", ""}, {"end_of_text", ""}}, {aab});
  CHECK_FALSE(bare->end_of_text());
  CHECK(encode(*bare, "!") == Ids{0});
}

namespace {

/// The definition, word for word: again and again the first pair of the lowest rank.
Strings merged(Strings pieces, const std::map<std::pair<std::string, std::string>, std::size_t>& ranks) {
  while (true) {
    std::size_t best = ranks.size(), at = 0;
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i)
      if (const auto found = ranks.find({pieces[i], pieces[i + 1]}); found != ranks.end() && found->second < best)
        best = found->second, at = i;
    if (best == ranks.size()) return pieces;
    pieces[at] += pieces[at + 1];
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
}

}  // namespace

TEST_CASE("bpe: words of any length are merged as the definition says") {
  const std::string letters = "abcd";  // that spell themselves in tokenizer.json
  const auto tokenizer = learned({{"vocab_size", 500}}, {random_text(1, 4000, letters)});
  const Json model = saved(*tokenizer)["model"];
  std::map<std::pair<std::string, std::string>, std::size_t> ranks;
  for (const auto& merge : model["merges"]) ranks.emplace(std::pair(merge[0], merge[1]), ranks.size());
  REQUIRE(ranks.size() == 500 - 258);
  std::mt19937_64 random(2);
  for (const std::size_t length : {1, 2, 3, 5, 14, 15, 16, 17, 31, 255, 256, 257, 1000})
    for (int repeat = 0; repeat < 10; ++repeat) {
      Strings bytes;
      std::string word;
      for (std::size_t i = 0; i < length; ++i) word += bytes.emplace_back(1, letters[random() % (repeat < 5 ? 4 : 2)]);
      Ids expected;
      for (const auto& piece : merged(bytes, ranks)) expected.push_back(model["vocab"][piece].get<TokenId>());
      CHECK(encode(*tokenizer, word) == expected);
      CHECK(encode(*tokenizer, word) == expected);  // remembered
    }
}

TEST_CASE("bpe: what is learned depends neither on threads nor on the order of documents") {
  Strings texts;
  for (std::uint64_t seed = 0; seed < 300; ++seed) texts.push_back(random_text(seed, 3000, "abcdefgh12|:"));
  texts.front() += texts.back() + texts.front() + texts.back();
  const Table options = GENERATE(Table{{"vocab_size", 600}}, Table{{"vocab_size", 600}, {"split", "bars"}});
  const Json alone = saved(*learned(options, texts, 1));
  CHECK(saved(*learned(options, texts, 2)) == alone);
  CHECK(saved(*learned(options, texts, 5)) == alone);
  std::reverse(texts.begin(), texts.end());
  CHECK(saved(*learned(options, texts, 3)) == alone);
}

TEST_CASE("bpe: pretokens beyond the room for them are left out, the rarest first, whatever the threads") {
  // 80,000 words of nine letters that occur once weigh two megabytes, and four words that occur often.
  Strings texts(80);
  std::mt19937_64 random(3);
  for (auto& text : texts)
    for (int i = 0; i < 1000; ++i) {
      for (int letter = 0; letter < 9; ++letter) text += static_cast<char>('a' + random() % 26);
      text += i % 2 ? "\nCCC\nGABc\n" : "\nF\nEDC\n";
    }
  const Table options{{"vocab_size", 300}, {"min_frequency", 1}, {"max_pretoken_megabytes", 1}};
  const Json one = saved(*learned(options, texts, 1));
  CHECK(saved(*learned(options, texts, 3)) == one);
  std::reverse(texts.begin(), texts.end());
  CHECK(saved(*learned(options, texts, 2)) == one);
  const Json all = saved(*learned({{"vocab_size", 300}, {"min_frequency", 1}}, texts, 2));
  CHECK(all != one);
  // The frequent words are learned whole and first, from exact counts.
  const Strings first{"CC", "CCC", "AB", "GAB", "GABc", "DC", "EDC"};
  for (const auto& piece : first) CHECK(one["model"]["vocab"].contains(piece));
}

TEST_CASE("bpe: options that cannot be are refused before anything is learned") {
  const auto refused = [](const Table& options) { return error_of([&] { bpe(options); }); };
  CHECK_THAT(refused({{"vocab_size", 257}}), Catch::Contains("set vocab_size to 258 or more"));
  CHECK_THAT(refused({{"specials", Array{"<|endoftext|>"}}}), Catch::Contains("unknown is <unk>, which is not one of"));
  CHECK_THAT(refused({{"end_of_text", "<eos>"}}), Catch::Contains("end_of_text is <eos>, which is not one of"));
  CHECK_THAT(refused({{"end_of_text", "<unk>"}}), Catch::Contains("are both <unk>"));
  CHECK_THAT(refused({{"specials", Array{"<unk>", "<|endoftext|>", "<unk>"}}}), Catch::Contains("<unk> twice"));
  CHECK_THAT(refused({{"specials", Array{"<unk>", "<|endoftext|>", "a"}}}), Catch::Contains("spelled as"));
  CHECK_THAT(refused({{"specials", Array{"<unk>", "<|endoftext|>", ""}}}), Catch::Contains("no characters"));
  CHECK_THAT(refused({{"unknown", ""}, {"initial_alphabet", false}}), Catch::Contains("unknown is empty"));
  CHECK_THAT(error_of([] {
               learned({{"vocab_size", 5}, {"initial_alphabet", false}}, {aab});
             }),
             Catch::Contains("set vocab_size to 6 or more"));
  CHECK_THAT(error_of([] { encode(*bpe({}), "a"); }), Catch::Contains("learned nothing yet"));
}

TEST_CASE("bpe: it keeps a tokenizer's promises with any options") {
  const Table options =
      GENERATE(Table{{"split", "bars"}}, Table{{"initial_alphabet", false}, {"vocab_size", 100}},
               Table{{"vocab_size", 259}, {"specials", Array{"TU", "Kesh", "ABA"}}, {"unknown", "TU"}, {"end_of_text", "ABA"}},
               Table{{"specials", Array{}}, {"unknown", ""}, {"end_of_text", ""}, {"min_frequency", 1}});
  INFO(Value(options).toml());
  const Strings tunes{"X:1\nT:The Kesh\nM:6/8\nK:G\nGAG GAB|ABA ABd|\n", "X:2\nT:Café ♯\nK:C\nCDEF GABc|\n"};
  std::string broken;
  for (const auto& promise : check_tokenizer([&] { return bpe(options); }, tunes)) broken += promise + '\n';
  INFO(broken);
  CHECK(broken.empty());
}

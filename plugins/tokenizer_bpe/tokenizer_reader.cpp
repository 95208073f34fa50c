#include <etude/error.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "tokenizer_file.hpp"

namespace etude::bpe {
namespace {

// Not ordered_json, which looks for each new key among all before it: a vocabulary of 60,000 took it seconds.
using Json = nlohmann::json;

/// A part of the file in few words: its type, or what it is.
std::string described(const Json& part) {
  if (part.is_object() && part.contains("type") && part["type"].is_string()) {
    std::string words = part["type"].get<std::string>();
    if (words == "Sequence") {
      std::string inner;
      for (const char* list : {"pretokenizers", "normalizers", "decoders", "processors"})
        if (part.contains(list) && part[list].is_array())
          for (const auto& element : part[list]) inner += (inner.empty() ? "" : ", ") + described(element);
      words += " of " + inner;
    }
    return words;
  }
  const std::string words = part.dump();
  return words.size() <= 60 ? words : words.substr(0, 57) + "...";
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error(what, "give a tokenizer.json of byte-level BPE, or learn one: etude tokenizer train --plugin bpe");
}

const Json& at(const Json& object, const char* key) {
  static const Json null;
  const auto found = object.find(key);
  return found == object.end() ? null : *found;
}

bool is_on(const Json& value) { return !value.is_null() && value != false && value != 0 && value != ""; }

void refuse_if_on(const Json& object, const char* owner, const char* key) {
  if (is_on(at(object, key))) refuse(text("its ", owner, key, " is ", described(at(object, key)), ", and bpe has no such thing"));
}

bool is_byte_level(const Json& part, bool use_regex) {
  if (at(part, "type") != "ByteLevel" || at(part, "add_prefix_space") != false) return false;
  return (at(part, "use_regex").is_null() || at(part, "use_regex") == true) == use_regex;
}

std::optional<SplitRule> rule_of_split(const Json& part) {
  if (at(part, "type") != "Split" || at(part, "behavior") != "Isolated" || is_on(at(part, "invert"))) return std::nullopt;
  const Json& pattern = at(at(part, "pattern"), "Regex");
  if (pattern == bar_pattern) return SplitRule::bars;
  if (pattern == gpt2_pattern) return SplitRule::gpt2;
  return std::nullopt;
}

SplitRule read_split(const Json& part) {
  if (part.is_null()) refuse("it has no pre-tokenizer, and bpe needs ByteLevel");
  if (is_byte_level(part, true)) return SplitRule::gpt2;
  if (at(part, "type") == "ByteLevel")
    refuse(at(part, "use_regex") == false
               ? "its pre-tokenizer ByteLevel does not split (use_regex is false)"
               : "its pre-tokenizer ByteLevel puts a space before the text (add_prefix_space is true)");
  const Json& parts = at(part, "pretokenizers");
  if (at(part, "type") == "Sequence" && parts.size() == 1) return read_split(parts[0]);
  if (at(part, "type") == "Sequence" && parts.size() == 2 && is_byte_level(parts[1], false))
    if (const auto rule = rule_of_split(parts[0])) return *rule;
  refuse(text("its pre-tokenizer is ", described(part), ", and bpe splits by ByteLevel's pattern or at its own bars"));
}

void check_surroundings(const Json& json) {
  for (const char* key : {"normalizer", "truncation", "padding"}) refuse_if_on(json, "", key);
  const Json& post = at(json, "post_processor");
  if (!post.is_null() && at(post, "type") != "ByteLevel")
    refuse(text("its post-processor is ", described(post), ", which adds tokens"));
  const Json& decoder = at(json, "decoder");
  if (!decoder.is_null() && at(decoder, "type") != "ByteLevel")
    refuse(text("its decoder is ", described(decoder), ", and bpe decodes as ByteLevel does"));
}

void read_tokens(const Json& vocab, Vocabulary& vocabulary, std::unordered_map<std::string, TokenId>& ids) {
  constexpr std::int64_t most = 1 << 24;
  for (const auto& [spelling, value] : vocab.items()) {
    const auto id = value.get<std::int64_t>();
    if (id < 0 || id >= most) refuse(text("the id of ", Json(spelling).dump(), " is ", id));
    if (spelling.empty()) refuse("it has a token without characters");
    if (static_cast<std::size_t>(id) >= vocabulary.tokens.size()) vocabulary.tokens.resize(static_cast<std::size_t>(id) + 1);
    auto& token = vocabulary.tokens[static_cast<std::size_t>(id)];
    if (!token.empty()) refuse(text("id ", id, " is both ", Json(token).dump(), " and ", Json(spelling).dump()));
    token = spelling;
    ids[spelling] = static_cast<TokenId>(id);
  }
}

/// "a b" as older files have it, or ["a", "b"].
std::pair<std::string, std::string> merge_parts(const Json& merge) {
  if (merge.is_array() && merge.size() == 2) return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  const auto both = merge.get<std::string>();
  const auto space = both.find(' ');
  if (space == std::string::npos || both.find(' ', space + 1) != std::string::npos)
    refuse(text("its merge ", merge.dump(), " is not two tokens"));
  return {both.substr(0, space), both.substr(space + 1)};
}

void read_merges(const Json& merges, Vocabulary& vocabulary, const std::unordered_map<std::string, TokenId>& ids) {
  const auto id_of = [&](const std::string& spelling, const Json& merge) {
    const auto found = ids.find(spelling);
    if (found == ids.end()) refuse(text("its merge ", merge.dump(), " needs ", Json(spelling).dump(), ", which is no token"));
    return found->second;
  };
  for (const auto& merge : merges) {
    const auto [left, right] = merge_parts(merge);
    vocabulary.merges.push_back({id_of(left, merge), id_of(right, merge), id_of(left + right, merge)});
  }
}

void read_model(const Json& model, Vocabulary& vocabulary, std::unordered_map<std::string, TokenId>& ids) {
  if (at(model, "type") != "BPE") refuse(text("its model is ", described(model), ", not BPE"));
  for (const char* key :
       {"dropout", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges"})
    refuse_if_on(model, "model's ", key);
  for (const char* key : {"vocab", "merges"})
    if (at(model, key).is_null()) refuse(text("its model has no ", key));
  read_tokens(model.at("vocab"), vocabulary, ids);
  read_merges(model.at("merges"), vocabulary, ids);
  const Json& unknown = at(model, "unk_token");
  if (unknown.is_null()) return;
  const auto found = ids.find(unknown.get<std::string>());
  if (found == ids.end()) refuse(text("its unk_token ", unknown.dump(), " is no token"));
  vocabulary.unknown = found->second;
}

void read_added(const Json& added_tokens, Vocabulary& vocabulary, std::unordered_map<std::string, TokenId>& ids) {
  for (const auto& added : added_tokens) {
    const auto content = added.at("content").get<std::string>();
    for (const char* key : {"single_word", "lstrip", "rstrip"}) refuse_if_on(added, "added token's ", key);
    const bool in_model = ids.contains(content);
    if (!in_model) read_tokens(Json{{content, added.at("id")}}, vocabulary, ids);
    if (ids.at(content) != added.at("id").get<TokenId>()) refuse(text("its added token ", Json(content).dump(), " has two ids"));
    vocabulary.added.push_back({ids.at(content), content, is_on(at(added, "special")), is_on(at(added, "normalized")), in_model});
  }
}

Vocabulary vocabulary_of(const Json& json) {
  if (!json.is_object() || !at(json, "model").is_object()) refuse("it has no model");
  Vocabulary vocabulary;
  std::unordered_map<std::string, TokenId> ids;
  // The kind of model first: it says best what the file is.
  read_model(json["model"], vocabulary, ids);
  check_surroundings(json);
  vocabulary.split = read_split(at(json, "pre_tokenizer"));
  if (json.contains("added_tokens")) read_added(json["added_tokens"], vocabulary, ids);
  check(vocabulary);
  return vocabulary;
}

}  // namespace

Vocabulary read_tokenizer_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(text("cannot read ", file.string()), "is the path right?");
  try {
    return vocabulary_of(Json::parse(in));
  } catch (const Error& error) {
    throw Error(text(file.string(), " is not for bpe: ", error.message()), error.remedy());
  } catch (const Json::parse_error& error) {
    throw Error(text(file.string(), " is no tokenizer.json: it is not JSON at byte ", error.byte), "is it whole?");
  } catch (const std::exception& error) {
    throw Error(text(file.string(), " is no tokenizer.json: ", error.what()));
  }
}

}  // namespace etude::bpe

#include <etude/error.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tokenizer_file.hpp"

namespace etude::bpe {
namespace {

using Json = nlohmann::ordered_json;

Json byte_level(bool add_prefix_space, bool use_regex) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", add_prefix_space}, {"trim_offsets", true}, {"use_regex", use_regex}};
}

Json pre_tokenizer_of(SplitRule rule) {
  if (rule == SplitRule::gpt2) return byte_level(false, true);
  const Json bars{{"type", "Split"}, {"pattern", {{"Regex", bar_pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
  return {{"type", "Sequence"}, {"pretokenizers", Json::array({bars, byte_level(false, false)})}};
}

Json model_of(const Vocabulary& vocabulary) {
  const auto spelling = [&](TokenId id) { return vocabulary.tokens[static_cast<std::size_t>(id)]; };
  Json model{{"type", "BPE"},
             {"dropout", nullptr},
             {"unk_token", nullptr},
             {"continuing_subword_prefix", nullptr},
             {"end_of_word_suffix", nullptr},
             {"fuse_unk", false},
             {"byte_fallback", false},
             {"ignore_merges", false}};
  if (vocabulary.unknown) model["unk_token"] = spelling(*vocabulary.unknown);
  std::vector<bool> in_model(vocabulary.tokens.size(), true);
  for (const auto& added : vocabulary.added) in_model[static_cast<std::size_t>(added.id)] = added.in_model;
  // Filled as the vector that an ordered object is: looking for each new key among the old ones would take quadratic time.
  auto& vocab = (model["vocab"] = Json::object()).get_ref<Json::object_t&>();
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id)
    if (in_model[id] && !vocabulary.tokens[id].empty()) vocab.emplace_back(vocabulary.tokens[id], id);
  auto& merges = model["merges"] = Json::array();
  for (const auto& [left, right, product] : vocabulary.merges) merges.push_back({spelling(left), spelling(right)});
  return model;
}

Json json_of(const Vocabulary& vocabulary) {
  Json added_tokens = Json::array();
  for (const auto& [id, content, special, normalized, in_model] : vocabulary.added)
    added_tokens.push_back({{"id", id},
                            {"content", content},
                            {"single_word", false},
                            {"lstrip", false},
                            {"rstrip", false},
                            {"normalized", normalized},
                            {"special", special}});
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", std::move(added_tokens)},
          {"normalizer", nullptr},
          {"pre_tokenizer", pre_tokenizer_of(vocabulary.split)},
          {"post_processor", nullptr},
          {"decoder", byte_level(true, true)},
          {"model", model_of(vocabulary)}};
}

}  // namespace

void write_tokenizer_file(const std::filesystem::path& file, const Vocabulary& vocabulary) {
  std::ofstream out(file, std::ios::binary);
  out << json_of(vocabulary).dump(2) << '\n';
  if (!out.flush()) throw Error(text("cannot write ", file.string()), "is the disk full, or the folder read-only?");
}

}  // namespace etude::bpe

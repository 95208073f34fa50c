#include <corpus/text_facts.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array all_splits{Split::train, Split::validation, Split::test};

Json totals_json(const TextTotals& totals) { return {{"documents", totals.documents}, {"characters", totals.characters}}; }

TextTotals totals_from(const Json& json) {
  return {json.at("documents").get<std::int64_t>(), json.at("characters").get<std::int64_t>()};
}

Json leakage_json(const Leakage& leakage) {
  return {{"documents", leakage.documents}, {"with_twin_in_training", leakage.with_twin_in_training}};
}

Leakage leakage_from(const Json& json) {
  return {json.at("documents").get<std::int64_t>(), json.at("with_twin_in_training").get<std::int64_t>()};
}

}  // namespace

Json to_json(const TextFacts& facts) {
  Json json;
  for (const Split which : all_splits) json["splits"][name(which)] = totals_json(facts.splits[static_cast<std::size_t>(which)]);
  json["variants"] = totals_json(facts.variants);
  json["transpositions"] = facts.transpositions;
  json["duplicates"] = {{"groups", facts.duplicates.groups},
                        {"documents", facts.duplicates.documents},
                        {"validation", leakage_json(facts.duplicates.validation)},
                        {"test", leakage_json(facts.duplicates.test)}};
  json["validation_text"] = facts.validation_text;
  json["test_text"] = facts.test_text;
  json["outcomes"] = facts.outcome_counts;
  auto& histogram = json["histogram"] = Json::array();
  for (const auto& [character, count] : facts.histogram) histogram.push_back({static_cast<std::uint32_t>(character), count});
  return json;
}

TextFacts text_facts_from(const Json& json) {
  TextFacts facts;
  for (const Split which : all_splits)
    facts.splits[static_cast<std::size_t>(which)] = totals_from(json.at("splits").at(name(which)));
  facts.variants = totals_from(json.at("variants"));
  facts.transpositions = json.at("transpositions").get<std::vector<int>>();
  const Json& duplicates = json.at("duplicates");
  facts.duplicates = {duplicates.at("groups").get<std::int64_t>(), duplicates.at("documents").get<std::int64_t>(),
                      leakage_from(duplicates.at("validation")), leakage_from(duplicates.at("test"))};
  facts.validation_text = json.at("validation_text").get<std::string>();
  facts.test_text = json.at("test_text").get<std::string>();
  facts.outcome_counts = json.at("outcomes").get<std::map<std::string, std::int64_t>>();
  for (const auto& entry : json.at("histogram"))
    facts.histogram.emplace_back(static_cast<char32_t>(entry.at(0).get<std::uint32_t>()), entry.at(1).get<std::int64_t>());
  return facts;
}

}  // namespace etude

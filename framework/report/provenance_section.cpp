#include <algorithm>
#include <base/text.hpp>
#include <config/toml.hpp>
#include <etude/error.hpp>
#include <report/html.hpp>
#include <report/run_facts.hpp>
#include <report/sections.hpp>

namespace etude {
namespace {

/// Name and value, in the order in which the names first appear.
using Facts = std::vector<std::pair<std::string, std::string>>;

void flatten(const Table& table, const std::string& prefix, Facts& facts) {
  for (const auto& entry : table) {
    const std::string path = prefix.empty() ? entry.key : prefix + "." + entry.key;
    if (const Table* inner = entry.value.get_if<Table>())
      flatten(*inner, path, facts);
    else
      facts.emplace_back(path, entry.value.toml());
  }
}

Facts settings_of(const RunData& data) {
  Facts facts;
  try {
    flatten(parse_toml(data.header.experiment_toml, "the recorded experiment"), "", facts);
  } catch (const Error&) {
    facts.emplace_back("settings", "cannot be read");
  }
  return facts;
}

std::string value_of(const Facts& facts, const std::string& name) {
  for (const auto& [key, value] : facts)
    if (key == name) return value;
  return "-";
}

/// What all runs have in common, and a table of what differs.
struct Comparisons {
  Facts common;
  HtmlTable differing;
};

Comparisons compare(const std::vector<RunFacts>& runs, const std::vector<Facts>& facts, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& of_run : facts)
    for (const auto& [key, value] : of_run)
      if (std::find(names.begin(), names.end(), key) == names.end()) names.push_back(key);
  Comparisons result{{}, {name, {"run"}, {}, true}};
  for (const auto& run : runs) result.differing.rows.push_back({{run.name}});
  for (const auto& key : names) {
    const std::string first = value_of(facts.front(), key);
    if (std::all_of(facts.begin(), facts.end(), [&](const Facts& one) { return value_of(one, key) == first; })) {
      result.common.emplace_back(key, first);
      continue;
    }
    result.differing.titles.push_back(key);
    for (std::size_t i = 0; i < runs.size(); ++i) result.differing.rows[i].push_back({cut(value_of(facts[i], key), 60)});
  }
  return result;
}

std::string facts_html(const Facts& facts) {
  std::string html = "<dl class=\"facts\">\n";
  for (const auto& [name, value] : facts) html += text("<dt>", escape_html(name), "</dt><dd>", escape_html(value), "</dd>\n");
  return html + "</dl>\n";
}

std::string differing_html(const Comparisons& compared) {
  return compared.differing.titles.size() > 1 ? html_table(compared.differing) : "";
}

std::vector<std::string> warnings_of(const std::vector<RunFacts>& runs) {
  std::vector<std::string> dirty, warnings;
  for (const auto& run : runs)
    if (value_of(run.run->data.header.provenance, "git_dirty") == "true") dirty.push_back(run.name);
  if (!dirty.empty())
    warnings.push_back(text(
        "The sources had changes that no commit has when ",
        dirty.size() == runs.size() ? "these runs were" : text(dirty.size(), " of the runs ", dirty.size() == 1 ? "was" : "were"),
        " made: their commit does not say what ran."));
  return warnings;
}

std::string resumes_html(const std::vector<RunFacts>& runs) {
  std::vector<std::string> lines;
  for (const auto& run : runs)
    for (const auto& resume : run.run->data.resumes) lines.push_back(text(run.name, " went on from step ", resume.step));
  return lines.empty() ? "" : details(text(counted(static_cast<std::int64_t>(lines.size()), "interruption")), list_of(lines));
}

}  // namespace

Section provenance_section(const ReportData& data) {
  const auto runs = facts_of(data);
  std::vector<Facts> origins, settings;
  for (const auto& run : runs) {
    origins.push_back(run.run->data.header.provenance);
    settings.push_back(settings_of(run.run->data));
  }
  const auto origin = compare(runs, origins, "what differs between the runs");
  const auto setting = compare(runs, settings, "settings that differ between the runs");
  Section section{"provenance", "Where it comes from"};
  section.html = list_of(warnings_of(runs), "warnings") + facts_html(origin.common);
  if (const auto table = differing_html(origin); !table.empty()) section.html += details("What differs between the runs", table);
  if (const auto table = differing_html(setting); !table.empty()) section.html += details("Settings that differ", table);
  section.html += details("Settings that all runs share", facts_html(setting.common)) + resumes_html(runs);
  return section;
}

}  // namespace etude

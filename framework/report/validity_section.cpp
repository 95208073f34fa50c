#include <algorithm>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <report/html.hpp>
#include <report/run_facts.hpp>
#include <report/sections.hpp>

namespace etude {
namespace {

constexpr int few_rows = 40, row_height = 24, tight_row_height = 14;

/// A share that a metric measured: the metric's headline, or one beside it.
struct Share {
  std::string metric, name;
  bool operator==(const Share&) const = default;
};

const Scalar* find_share(const RunFacts& run, const Share& share) {
  const auto& metrics = run.run->data.metrics;
  const auto metric = metrics.find(share.metric);
  if (metric == metrics.end()) return nullptr;
  const auto scalar = metric->second.scalars.find(share.name);
  return scalar == metric->second.scalars.end() || !scalar->second.is_share ? nullptr : &scalar->second;
}

/// Headlines first.
std::vector<Share> shares_of(const std::vector<RunFacts>& runs) {
  std::vector<Share> shares;
  for (const bool headlines : {true, false})
    for (const auto& run : runs)
      for (const auto& [metric, result] : run.run->data.metrics)
        for (const auto& [name, scalar] : result.scalars) {
          const Share share{metric, name};
          if (scalar.is_share && (name == metric) == headlines && std::find(shares.begin(), shares.end(), share) == shares.end())
            shares.push_back(share);
        }
  return shares;
}

/// "abc_validity" -> "abc validity"
std::string words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

Chart share_chart(const std::vector<RunFacts>& runs, const Share& share) {
  std::vector<std::string> names, families;
  std::vector<double> values, lows, highs;
  for (const auto& run : runs) {
    const Scalar* scalar = find_share(run, share);
    if (!scalar || !run.run->selected) continue;
    names.push_back(run.name);
    families.push_back(run.family);
    values.push_back(scalar->value);
    lows.push_back(scalar->low.value_or(scalar->value));
    highs.push_back(scalar->high.value_or(scalar->value));
  }
  const auto all = families_of(runs);
  const Encoding colour{"color", "family", "", "", false, colors_of(all), all};
  const std::vector<ChartColumn> columns{{"run", names}, {"family", families}, {"value", values}, {"low", lows}, {"high", highs}};
  Chart chart{"share-" + share.metric, words(share.name), "share of samples, with its 95 % interval"};
  chart.layers.push_back({"rule", columns, {{"y", "run"}, {"x", "low", "share", "%"}, {"x2", "high"}, colour}});
  chart.layers.push_back({"point",
                          columns,
                          {{"y", "run"},
                           {"x", "value", "share", "%"},
                           colour,
                           {"tooltip", "run"},
                           {"tooltip", "value", "share", ".1%"},
                           {"tooltip", "low", "from", ".1%"},
                           {"tooltip", "high", "to", ".1%"}}});
  chart.layers.back().size = 60;
  const int rows = std::max(3, static_cast<int>(names.size()));
  chart.height = rows * (rows <= few_rows ? row_height : tight_row_height);
  return chart;
}

HtmlTable table_of(const std::vector<RunFacts>& runs, const std::vector<Share>& shares) {
  HtmlTable table{"all shares", {"run"}, {}, true};
  for (const auto& share : shares) table.titles.push_back(words(share.name));
  for (const auto& run : runs) {
    std::vector<HtmlCell> row{{run.name}};
    for (const auto& share : shares) {
      const Scalar* scalar = find_share(run, share);
      if (!scalar || !std::isfinite(scalar->value)) {
        row.push_back({"-"});
        continue;
      }
      const std::string spread = interval_text(*scalar);
      row.push_back({headline_text(*scalar), scalar->value, false, spread == "-" ? "" : spread});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

Section validity_section(const ReportData& data) {
  auto runs = facts_of(data);
  const auto shares = shares_of(runs);
  std::erase_if(runs, [&](const RunFacts& run) {
    return std::none_of(shares.begin(), shares.end(), [&](const Share& share) { return find_share(run, share); });
  });
  if (runs.empty()) return {};
  Section section{"validity", "Validity"};
  std::string charts;
  for (const auto& share : shares) {
    if (share.name != share.metric) continue;
    Chart chart = share_chart(runs, share);
    charts += chart_place(chart, text("Of each run, the share called ", words(share.name), ", with its interval"));
    section.charts.push_back(std::move(chart));
  }
  section.html = "<div class=\"pair\">\n" + charts + "</div>\n" +
                 details("All shares that were measured", html_table(table_of(runs, shares)));
  return section;
}

}  // namespace etude

#include <algorithm>
#include <cmath>
#include <report/run_facts.hpp>

namespace etude {
namespace {

std::string family_of(const RunData& data) {
  const std::string architecture = architecture_of(data);
  return architecture.empty() ? "model" : architecture;
}

}  // namespace

std::optional<double> flops_per_token(const RunData& data) {
  const auto found = data.header.model.find("training_flops_per_token");
  if (found == data.header.model.end() || !std::isfinite(found->second)) return std::nullopt;
  return found->second;
}

std::vector<RunFacts> facts_of(const ReportData& data) {
  std::map<std::string, int> labels;
  for (const auto& run : data.runs) ++labels[run.data.header.label];
  std::vector<RunFacts> facts;
  for (std::size_t i = 0; i < data.runs.size(); ++i) {
    const ReportRun& run = data.runs[i];
    const ComparedRun& compared = data.comparison->runs()[i];
    const std::string& label = run.data.header.label;
    RunFacts fact{&run, &compared, labels[label] > 1 || label.empty() ? compared.id : label, family_of(run.data)};
    fact.done = run.data.state == "done";
    fact.parameters = compared.parameters;
    fact.tokens = compared.tokens;
    if (const auto flops = flops_per_token(run.data); flops && fact.tokens) fact.flops = *flops * *fact.tokens;
    facts.push_back(std::move(fact));
  }
  return facts;
}

std::vector<std::string> families_of(const std::vector<RunFacts>& runs) {
  std::vector<std::string> families;
  for (const auto& run : runs)
    if (std::find(families.begin(), families.end(), run.family) == families.end()) families.push_back(run.family);
  return families;
}

std::vector<std::string> colors_of(const std::vector<std::string>& names) {
  std::vector<std::string> colors;
  for (std::size_t i = 0; i < names.size(); ++i) colors.emplace_back(chart_colors::names[i % chart_colors::names.size()]);
  return colors;
}

}  // namespace etude

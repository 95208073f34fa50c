// What the sections of the report ask of a run, in one place.
#pragma once

#include <report/page.hpp>

namespace etude {

/// A line in tables and charts.
struct RunFacts {
  const ReportRun* run = nullptr;
  const ComparedRun* compared = nullptr;
  std::string name;    ///< the label; the id where a label stands for several runs
  std::string family;  ///< its architecture's plugin
  bool done = false;
  std::optional<double> parameters{}, tokens{}, flops{};
};

/// One a run, in the report's order. The result points into `data`.
std::vector<RunFacts> facts_of(const ReportData& data);

/// The families in the order in which they first appear.
std::vector<std::string> families_of(const std::vector<RunFacts>& runs);

/// A colour for each of these names, in their order; colours repeat where there are more names than colours.
std::vector<std::string> colors_of(const std::vector<std::string>& names);

/// Training FLOPs of the model per token, where they are known.
std::optional<double> flops_per_token(const RunData& data);

}  // namespace etude

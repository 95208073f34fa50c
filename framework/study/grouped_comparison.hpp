// Runs in groups: means and spread over seeds, and how sure the differences between groups are.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <study/difference.hpp>
#include <study/run_groups.hpp>
#include <vector>

namespace etude {

struct Grouping {
  /// Axes, keys of the experiment ("architecture.plugin"), "study", "label" or "configuration" (all but the seeds). Runs in whose
  /// values of these they agree are a group.
  std::vector<std::string> by;
  std::string baseline{};            ///< the group that the others are compared with; empty: the best one, else the first
  std::optional<Measure> measure{};  ///< of the differences; nothing: losses a token, or bits per character where tokens differ
  std::set<std::string> chosen{};    ///< axes of which each run has the point that was chosen for it (select)
};

struct RunGroup {
  std::string name;                 ///< its values, joined by '_' as in labels of runs
  std::vector<std::string> values;  ///< one for each of Grouping::by; "-" where its runs have none
  std::vector<std::string> runs;    ///< their directories
  std::size_t done = 0;             ///< runs that are done: those that the means are of
  /// The means over the runs that are done, those that differ in seeds first, so that more seeds weigh no more. Its label is the
  /// group's name. A metric's interval is over the texts drawn, not over seeds.
  ComparedRun mean;
  std::map<std::string, double> deviation;  ///< by column: over seeds, where there are several
  /// The least and the greatest of the runs' parameters and tokens.
  std::optional<Interval> parameters, tokens;
  std::optional<Difference> difference;  ///< to the baseline
};

class GroupedComparison {
 public:
  /// @throws Error (usage) for a key that no run has, a baseline that is no group, and a measure that does not compare
  GroupedComparison(const std::vector<ComparedRun>& runs, const Grouping& how);

  const std::vector<RunGroup>& groups() const { return groups_; }
  const std::string& baseline() const { return baseline_; }
  std::optional<Measure> measure() const { return measure_; }
  /// Orders the groups by their means; as Comparison::sort().
  void sort(const std::string& column);
  /// As Comparison::best(), of the group's means. Groups of which one has what another lacks (a budget, say) do not compete.
  bool best(const RunGroup& group, const std::string& column) const;

  std::string table() const;
  std::string markdown() const;
  std::string csv() const;
  std::string json() const;

 private:
  /// @param not_in_all  labels that some group has and another lacks
  void say_what_is_not_ranked(const std::set<std::string>& not_in_all);
  TextTable rows(const std::string& before_best, const std::string& after_best) const;
  std::vector<std::string> notes() const;

  std::vector<std::string> by_;
  std::vector<RunGroup> groups_;
  std::optional<Comparison> means_;
  std::string baseline_;
  std::optional<Measure> measure_;
  std::vector<std::string> remarks_;  ///< what was not compared, and why
};

}  // namespace etude

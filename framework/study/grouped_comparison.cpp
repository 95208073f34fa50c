#include <algorithm>
#include <map>
#include <study/group_means.hpp>
#include <study/grouped_comparison.hpp>
#include <tuple>

namespace etude {
namespace {

const char* in_words(Measure measure) { return measure == Measure::validation_loss ? "losses a token" : "bits per character"; }

/// True if all runs that are done and have the value measured it on the same text.
bool compares(const std::vector<ComparedRun>& runs, Measure measure) {
  std::set<std::string> keys;
  for (const auto& run : runs)
    if (run.state == "done" && value_of(run, measure))
      keys.insert(measure == Measure::validation_loss ? run.same_tokens : run.same_text);
  return keys.size() == 1;
}

std::optional<Measure> measure_of(const std::vector<ComparedRun>& runs, const std::optional<Measure>& wanted) {
  const bool tokens = compares(runs, Measure::validation_loss), bits = compares(runs, Measure::bits_per_character);
  if (!wanted)
    return tokens ? std::optional(Measure::validation_loss) : bits ? std::optional(Measure::bits_per_character) : std::nullopt;
  if (*wanted == Measure::validation_loss ? tokens : bits) return wanted;
  throw usage_error(text(in_words(*wanted), " do not compare: no run is done, or corpus, tokenizer or validation windows differ"),
                    bits ? "the texts are the same: compare bits per character (--measure bits_per_character)"
                         : "compare runs on the same validation text");
}

/// The labels that some group has under which another has no run.
std::set<std::string> not_in_all(const std::vector<GroupedRuns>& groups) {
  std::map<std::string, std::size_t> counts;
  std::size_t with_runs = 0;
  for (const auto& group : groups) {
    with_runs += !group.done.empty();
    for (const auto& [rest, runs] : group.done) ++counts[rest];
  }
  std::set<std::string> missing;
  for (const auto& [rest, count] : counts)
    if (count < with_runs) missing.insert(rest);
  return missing;
}

std::string listed(const std::set<std::string>& words) {
  std::string all;
  std::size_t shown = 0;
  for (const auto& word : words) {
    if (++shown > 4) return text(all, " and ", words.size() - 4, " more");
    all += (all.empty() ? "" : "; ") + (word.empty() ? "(no other axis)" : word);
  }
  return all;
}

/// Every run that has a value, resampled once.
using Resampled = std::map<const ComparedRun*, ResampledRun>;

Resampled resampled(const std::vector<GroupedRuns>& groups, Measure measure) {
  Resampled all;
  for (const auto& group : groups)
    for (const auto& [rest, runs] : group.done)
      for (const auto* run : runs)
        if (value_of(*run, measure)) all.try_emplace(run, *run, measure);
  return all;
}

std::vector<const ResampledRun*> side(const GroupedRuns& group, const std::string& rest, const Resampled& resampled) {
  std::vector<const ResampledRun*> runs;
  if (const auto found = group.done.find(rest); found != group.done.end())
    for (const auto* run : found->second)
      if (const auto at = resampled.find(run); at != resampled.end()) runs.push_back(&at->second);
  return runs;
}

std::optional<Difference> difference_between(const GroupedRuns& ours, const GroupedRuns& theirs, const Resampled& resampled) {
  std::vector<Matched> matched;
  for (const auto& [rest, runs] : ours.done) {
    Matched match{side(ours, rest, resampled), side(theirs, rest, resampled)};
    if (!match.ours.empty() && !match.theirs.empty()) matched.push_back(std::move(match));
  }
  return matched.empty() ? std::nullopt : std::optional(difference_of(matched));
}

std::size_t named(const std::vector<RunGroup>& groups, const std::string& wanted) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].name == wanted) return i;
    names.push_back(groups[i].name);
  }
  const std::string guess = nearest(wanted, names);
  const std::string all = "groups: " + listed({names.begin(), names.end()});
  throw usage_error(text("there is no group ", wanted, " to compare with"),
                    guess.empty() ? all : text("did you mean ", guess, "? ", all));
}

/// Of the groups that may be the best, that with the lowest mean; of all groups, where none may be.
std::size_t lowest(const std::vector<RunGroup>& groups, Measure measure) {
  const auto rank = [&](const RunGroup& group) {
    const auto value = value_of(group.mean, measure);
    return std::tuple(!value, group.mean.state != "done", value.value_or(0));
  };
  const auto before = [&](const RunGroup& a, const RunGroup& b) { return rank(a) < rank(b); };
  return static_cast<std::size_t>(std::min_element(groups.begin(), groups.end(), before) - groups.begin());
}

}  // namespace

GroupedComparison::GroupedComparison(const std::vector<ComparedRun>& runs, const Grouping& how) : by_(how.by) {
  const Comparison all(runs);
  const auto grouped = group_runs(all.runs(), how.by, how.chosen);
  for (const auto& group : grouped) groups_.push_back(averaged(group));
  measure_ = measure_of(all.runs(), how.measure);
  say_what_is_not_ranked(not_in_all(grouped));
  std::vector<ComparedRun> means;
  for (const auto& group : groups_) means.push_back(group.mean);
  means_.emplace(std::move(means));

  const std::size_t baseline = !how.baseline.empty() ? named(groups_, how.baseline) : measure_ ? lowest(groups_, *measure_) : 0;
  baseline_ = groups_[baseline].name;
  if (!measure_) return;
  const auto draws = resampled(grouped, *measure_);
  for (std::size_t i = 0; i < groups_.size(); ++i)
    if (i != baseline) groups_[i].difference = difference_between(grouped[i], grouped[baseline], draws);
}

void GroupedComparison::say_what_is_not_ranked(const std::set<std::string>& not_in_all) {
  if (!not_in_all.empty())
    remarks_.push_back(text("groups are not ranked: not all have runs that are done with ", listed(not_in_all),
                            "; a difference is over what both groups have"));
  for (auto& group : groups_)
    if (group.mean.state == "done" && !not_in_all.empty()) group.mean.state = "not ranked";
  if (!measure_) remarks_.emplace_back("no differences: neither tokens nor texts of validation are the same in all runs");
}

void GroupedComparison::sort(const std::string& column) {
  means_->sort(column);
  std::vector<RunGroup> sorted;
  for (const auto& mean : means_->runs())
    sorted.push_back(*std::find_if(groups_.begin(), groups_.end(), [&](const auto& group) { return group.mean.id == mean.id; }));
  groups_ = std::move(sorted);
}

bool GroupedComparison::best(const RunGroup& group, const std::string& column) const {
  const auto& means = means_->runs();
  const auto mean = std::find_if(means.begin(), means.end(), [&](const auto& one) { return one.id == group.mean.id; });
  return mean != means.end() && means_->best(*mean, column);
}

}  // namespace etude

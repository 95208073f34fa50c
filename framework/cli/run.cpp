#include <algorithm>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <base/system.hpp>
#include <base/table.hpp>
#include <base/text.hpp>
#include <cli/command.hpp>
#include <cli/experiment.hpp>
#include <cli/finish.hpp>
#include <csignal>
#include <iostream>
#include <study/comparison.hpp>
#include <study/runner.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;

/// Which points of the selected axes are best, and where.
void print_choices(const StudyOutcome& outcome) {
  if (outcome.choices.empty()) return;
  TextTable table({"selected", "for", "best", "mean of", "is", ""});
  for (const ChosenPoint& point : outcome.choices) {
    const bool chosen = !point.label.empty();
    table.add({point.axis, point.combination.empty() ? "all" : point.combination, chosen ? point.label : "none", point.by,
               chosen ? fixed(point.value, 4) : "-", point.at_edge ? "at the edge of the grid" : ""});
  }
  std::cout << '\n' << table.text();
  if (const auto tried = static_cast<std::int64_t>(outcome.tried.size()))
    std::cout << counted(tried, "run") << " more " << (tried == 1 ? "was" : "were") << " tried and not chosen\n";
}

void print_end(const StudyOutcome& outcome) {
  std::cout << comparison_table(outcome.runs);
  print_choices(outcome);
  std::cout << "\nruns     " << outcome.directory.string() << "\nstudy    " << (outcome.directory / "study.h5").string()
            << std::endl;
}

void print_next(const StudyOutcome& outcome) {
  std::cout << "\nnext     etude compare " << outcome.directory.string() << " --format markdown\n";
  if (!outcome.runs.empty()) {
    std::cout << "         etude inspect " << outcome.runs.back().string() << "\n         etude sample "
              << outcome.runs.back().string() << " --count 3\n";
  }
  if (const auto count = static_cast<std::int64_t>(outcome.passed_over.size()))
    log_warning(text(counted(count, "run"), " that ", count == 1 ? "was" : "were",
                     " tried failed, and what was chosen was chosen without; the same command tries again"));
  for (const auto& [label, reason] : outcome.failures) log_error(text("failed: ", label, ": ", reason));
  if (const auto count = static_cast<std::int64_t>(outcome.failures.size()))
    log_warning(text(count, " failed; the same command tries ", count == 1 ? "it" : "them", " again"));
}

/// What the processes of --jobs are called with, up to what only some of them have.
std::vector<std::string> job_command(const po::variables_map& values) {
  std::vector<std::string> command{"run", values["experiment"].as<std::string>(), "--output", values["output"].as<std::string>()};
  for (const char* option : {"set", "plugin-dir"})
    for (const auto& value : strings(values, option)) command.insert(command.end(), {text("--", option), value});
  return command;
}

int jobs_asked_for(const po::variables_map& values) {
  const int jobs = values["jobs"].as<int>();
  if (jobs < 1) throw usage_error("--jobs is 0", "give it the number of runs that go at the same time, 1 or above");
  if (jobs > cpu_count())
    log_warning(
        text("--jobs ", jobs, " are more than the ", counted(cpu_count(), "processor"), ": each of them slows the others"));
  return jobs;
}

void add_run_options(po::options_description& options) {
  options.add_options()("experiment", po::value<std::string>()->required(), "");
  add_experiment_options(options);
  add_output_option(options);
  options.add_options()("jobs", po::value<int>()->value_name("N")->default_value(1),
                        "so many runs at the same time, each in a process of its own with its share of the processors; their "
                        "tokens a second then compare with nothing")(
      "only", po::value<std::vector<std::string>>()->value_name("LABEL")->composing(),
      "only the runs with this label, or of this pattern (\"gpt-*\"); may repeat")("retry", po::bool_switch(),
                                                                                   "try a run that fails once more")(
      "job-of", po::value<int>()->value_name("N"), "how --jobs starts its processes: one run, and nothing of the study");
}

}  // namespace

int run_command(const Arguments& arguments) {
  po::options_description options;
  add_run_options(options);
  po::variables_map values;
  if (!parse_arguments(
          arguments, "run EXPERIMENT.toml [options]",
          "Trains and measures every run of the experiment that is not done yet; an interrupted run goes on from its newest "
          "checkpoint. Ends with all runs side by side, and with what the study asks for (finish).",
          options, "experiment", values))
    return 0;
  catch_interrupts();
  const int jobs = jobs_asked_for(values);
  const auto experiment = load_experiment(values);
  StudyOptions how{values["output"].as<std::string>(), arguments, strings(values, "only"),
                   values["retry"].as<bool>(),         jobs,      job_command(values)};
  how.command_line.insert(how.command_line.begin(), {"etude", "run"});
  if (values.count("job-of")) {
    if (how.only.size() != 1) throw usage_error("--job-of wants one --only LABEL", "it is for --jobs to use");
    // Whoever listens may be killed; what this run would say then must not end it before its checkpoint.
    std::signal(SIGPIPE, SIG_IGN);
    run_job(experiment.study, experiment.catalogue, how, how.only.front(), values["job-of"].as<int>());
    return 0;
  }
  for (const auto& shape : chosen_shapes(experiment.study)) log_info(shape);
  const auto outcome = run_study(experiment.study, experiment.catalogue, how);
  print_end(outcome);
  if (outcome.left_out > 0)
    log_info(text(counted(outcome.left_out, "run"), " of the study ", outcome.left_out == 1 ? "is" : "are",
                  " left out by --only, and what it ends with too"));
  else if (!outcome.runs.empty())
    finish_study(experiment.study, outcome.directory);
  print_next(outcome);
  return outcome.failures.empty() ? 0 : 1;
}

}  // namespace etude

#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <cli/command.hpp>
#include <cli/experiment.hpp>
#include <iostream>
#include <study/comparison.hpp>
#include <study/runner.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;

void print_end(const StudyOutcome& outcome, const Study& study) {
  std::cout << comparison_table(outcome.runs) << "\nruns     " << outcome.directory.string() << "\nstudy    "
            << (outcome.directory / "study.h5").string() << "\n\nnext     etude compare " << outcome.directory.string()
            << " --format markdown\n";
  if (!outcome.runs.empty()) {
    std::cout << "         etude inspect " << outcome.runs.back().string() << "\n         etude sample "
              << outcome.runs.back().string() << " --count 3\n";
  }
  for (const auto& [label, reason] : outcome.failures) log_error(text("failed: ", label, ": ", reason));
  if (!outcome.failures.empty())
    log_warning(text(outcome.failures.size(), " of ", study.variants.size(), " runs failed; the same command tries them again"));
}

}  // namespace

int run_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("experiment", po::value<std::string>()->required(), "");
  add_experiment_options(options);
  add_output_option(options);
  po::variables_map values;
  if (!parse_arguments(
          arguments, "run EXPERIMENT.toml [options]",
          "Trains and measures every run of the experiment that is not done yet; an interrupted run goes on from its newest "
          "checkpoint. Ends with all runs side by side.",
          options, "experiment", values))
    return 0;
  catch_interrupts();
  const auto experiment = load_experiment(values);
  auto command_line = arguments;
  command_line.insert(command_line.begin(), {"etude", "run"});
  const auto outcome = run_study(experiment.study, experiment.catalogue, values["output"].as<std::string>(), command_line);
  print_end(outcome, experiment.study);
  return outcome.failures.empty() ? 0 : 1;
}

}  // namespace etude

#include <cli/check_report.hpp>
#include <cli/command.hpp>
#include <cli/experiment.hpp>
#include <iostream>

namespace etude {

int check_command(const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("experiment", po::value<std::string>()->required(), "")(
      "values", po::bool_switch(), "show every value, also those at their default")("no-probe", po::bool_switch(),
                                                                                    "do not measure time and memory")(
      "probe-seconds", po::value<double>()->value_name("SECONDS")->default_value(4), "how long each model may be measured")(
      "jobs", po::value<int>()->value_name("N")->default_value(1), "estimate N runs at a time, as etude run --jobs N does")(
      "json", po::bool_switch(), "print everything as JSON");
  add_experiment_options(options);
  add_output_option(options);
  po::variables_map values;
  if (!parse_arguments(
          arguments, "check EXPERIMENT.toml [options]",
          "Says what `etude run` would do: plugins, values and where each comes from, sizes of the models, and time and memory, "
          "measured in a few steps on random tokens. Trains and writes nothing.",
          options, "experiment", values))
    return 0;
  const double seconds = values["no-probe"].as<bool>() ? 0 : values["probe-seconds"].as<double>();
  if (seconds < 0) throw usage_error("--probe-seconds must be at least 0", "--no-probe measures nothing");

  const int jobs = values["jobs"].as<int>();
  if (jobs < 1) throw usage_error("--jobs must be at least 1", "leave it out for one run after another");
  const LoadedExperiment experiment = load_experiment(values);
  const StudyPlan plan = plan_study(experiment.study, experiment.catalogue, {values["output"].as<std::string>(), seconds, jobs});
  if (values["json"].as<bool>())
    std::cout << check_json(experiment, plan) << '\n';
  else
    std::cout << check_text(experiment, plan, values["values"].as<bool>());
  return 0;
}

}  // namespace etude

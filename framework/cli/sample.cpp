#include <algorithm>
#include <base/files.hpp>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <cli/command.hpp>
#include <generate/generate.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <study/trained_model.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;

po::options_description sample_options() {
  po::options_description options;
  options.add_options()("run", po::value<std::string>()->required(), "")(
      "count", po::value<std::int64_t>()->default_value(1)->value_name("N"), "how many texts")(
      "tokens", po::value<std::int64_t>()->default_value(512)->value_name("N"), "new tokens a text at most")(
      "temperature", po::value<double>()->default_value(1.0)->value_name("T"),
      "below 1 plays safe, above 1 takes risks, 0 is greedy")("greedy", "always take the likeliest token (temperature 0)")(
      "seed", po::value<std::uint64_t>()->default_value(1)->value_name("N"), "equal seeds give equal texts")(
      "prompt", po::value<std::string>()->default_value("")->value_name("TEXT"),
      "what each text begins with (\\n is a new line)")("checkpoint",
                                                        po::value<std::string>()->default_value("newest")->value_name("WHICH"),
                                                        "newest, best, or the number of a step")(
      "to", po::value<std::string>()->value_name("DIR"), "write sample-1.abc, sample-2.abc, ... there instead of printing")(
      "json", "print one JSON object a text");
  add_experiment_options(options);
  return options;
}

std::string with_newlines(std::string prompt) {
  for (auto at = prompt.find("\\n"); at != std::string::npos; at = prompt.find("\\n", at + 1)) prompt.replace(at, 2, 1, '\n');
  return prompt;
}

SampleRequest sample_request(const po::variables_map& values) {
  SampleRequest options;
  options.count = values["count"].as<std::int64_t>();
  options.new_tokens = values["tokens"].as<std::int64_t>();
  options.temperature = values.count("greedy") ? 0.0 : values["temperature"].as<double>();
  if (options.count < 1) throw usage_error("--count must be at least 1");
  if (options.new_tokens < 1) throw usage_error("--tokens must be at least 1");
  if (options.temperature < 0) throw usage_error("--temperature must not be negative");
  options.seed = values["seed"].as<std::uint64_t>();
  options.prompt = with_newlines(values["prompt"].as<std::string>());
  return options;
}

SamplingOptions sampling_options(const TrainedModel& trained) {
  SamplingOptions options;
  options.bf16 = trained.experiment.training.precision == "bf16";
  options.device = trained.on_device.device;
  options.part = trained.on_device.part;
  return options;
}

void print_text(const std::string& sample, std::int64_t number, const po::variables_map& values) {
  if (values.count("json")) {
    std::cout << nlohmann::json{{"number", number}, {"text", sample}}.dump(-1, ' ', false,
                                                                           nlohmann::json::error_handler_t::replace)
              << '\n';
  } else if (values.count("to")) {
    const std::filesystem::path directory = values["to"].as<std::string>();
    std::filesystem::create_directories(directory);
    const auto file = directory / text("sample-", number, ".abc");
    write_file(file, sample + "\n");
    std::cout << file.string() << '\n';
  } else {
    std::cout << sample << "\n\n";
  }
}

}  // namespace

int sample_command(const Arguments& arguments) {
  po::variables_map values;
  if (!parse_arguments(arguments, "sample RUN [options]", "Writes music with the model of a run, as ABC text.", sample_options(),
                       "run", values))
    return 0;
  catch_interrupts();
  const auto trained = load_trained_model(values["run"].as<std::string>(), values["checkpoint"].as<std::string>(),
                                          plugin_dirs(values), overrides(values));
  auto options = sampling_options(trained);
  Progress progress;
  options.progress = [&](std::int64_t done, std::int64_t total) {
    if (progress.due()) progress.update(text("sampling: token ", done, " of at most ", total));
  };
  const auto samples = generate(*trained.on_device.model, *trained.tokenizer, trained.separator, sample_request(values), options);
  progress.finish(text(samples.size(), " texts from step ", trained.step, " of ", values["run"].as<std::string>()));
  std::int64_t number = 0;
  for (const auto& sample : samples) print_text(sample, ++number, values);
  return 0;
}

}  // namespace etude

#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <base/text.hpp>
#include <cli/command.hpp>
#include <cli/sample_output.hpp>
#include <generate/choose_token.hpp>
#include <generate/generate.hpp>
#include <generate/prompts.hpp>
#include <generate/rendering.hpp>
#include <iostream>
#include <map>
#include <study/trained_model.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;

template <class T>
po::typed_value<T>* number(T value) {
  return po::value<T>()->default_value(value)->value_name("N");
}

/// Boost would show 0.1 as 0.10000000000000001.
po::typed_value<double>* decimal(double value, const char* shown) {
  return po::value<double>()->default_value(value, shown)->value_name("X");
}

po::options_description sample_options() {
  const auto word = [](const char* name) { return po::value<std::string>()->value_name(name); };
  po::options_description options;
  options.add_options()("run", po::value<std::string>()->required(), "")(
      "count", number<std::int64_t>(1), "how many texts (of each header)")("tokens", number<std::int64_t>(512),
                                                                           "new tokens a text at most")(
      "prompt", word("TEXT"), "what each text begins with (\\n is a new line)")("prompt-file", word("FILE"),
                                                                                "the same from a file; - is standard input")(
      "header", word("KIND"),
      "begin with a tune's fields and first notes: reel, jig, waltz, march, air, or all; list shows them")(
      "many-tunes", po::bool_switch(), "go on after a second X: line, before which a text ends otherwise")(
      "seed", number<std::uint64_t>(1), "equal seeds give equal texts, whatever --batch")(
      "batch", number(kDecodeRows), "texts under way at once, 1 to 32; fewer need less memory");
  options.add_options()("temperature", decimal(1, "1"), "below 1 plays safe, above 1 takes risks, 0 is greedy")(
      "greedy", po::bool_switch(), "always take the likeliest token (temperature 0)")("top-k", number<std::int64_t>(0),
                                                                                      "of the N likeliest tokens; 0: of all")(
      "top-p", decimal(1, "1"), "of the likeliest tokens whose probabilities amount to X; 1: of all")(
      "min-p", decimal(0, "0"), "of tokens at least X times as likely as the likeliest; 0: of all")(
      "repetition-penalty", decimal(1, "1"),
      "makes tokens unlikelier that stand in the window: divides their positive, multiplies their negative logits; 1: off")(
      "repetition-window", number<std::int64_t>(128), "last tokens that the penalty looks at, the prompt's included");
  options.add_options()("to", word("DIR"), "write NAME.abc there, and NAME.mid where the text exports, instead of printing")(
      "sheet", po::bool_switch(), "with --to: also NAME.svg, sheet music by abcm2ps")(
      "sound", po::bool_switch(), "with --to: also NAME.wav, sound by fluidsynth")(
      "sound-font", word("FILE"), "what fluidsynth plays with (default: Debian's)")("json", po::bool_switch(),
                                                                                    "print one JSON object a text");
  options.add_options()("checkpoint", po::value<std::string>()->default_value("newest")->value_name("WHICH"),
                        "newest, best, or the number of a step");
  add_experiment_options(options);
  return options;
}

std::string with_newlines(std::string prompt) {
  for (auto at = prompt.find("\\n"); at != std::string::npos; at = prompt.find("\\n", at + 1)) prompt.replace(at, 2, 1, '\n');
  return prompt;
}

/// How the texts of one prompt begin and are named.
struct Beginning {
  std::string name;    ///< "sample" or the header's name
  std::string header;  ///< empty if there is none
  std::string prompt;
};

std::vector<Beginning> beginnings(const po::variables_map& values) {
  if (values.count("prompt") + values.count("prompt-file") + values.count("header") > 1)
    throw usage_error("--prompt, --prompt-file and --header each say how a text begins", "give one of them");
  if (values.count("prompt")) return {{"sample", "", with_newlines(values["prompt"].as<std::string>())}};
  if (values.count("prompt-file")) return {{"sample", "", read_prompt(values["prompt-file"].as<std::string>())}};
  if (!values.count("header")) return {{"sample", "", ""}};
  const auto name = values["header"].as<std::string>();
  if (name != "all") return {{name, name, header_prompt(name).text}};
  std::vector<Beginning> all;
  for (const auto& header : header_prompts()) all.push_back({header.name, header.name, header.text});
  return all;
}

/// A header without the fields that the model's texts never had: cleaning may have dropped all Q: lines, say.
std::string expressible_header(const Beginning& beginning, const Tokenizer& tokenizer) {
  std::string dropped;
  auto prompt = without_unknown_fields(beginning.prompt, tokenizer, dropped);
  if (!dropped.empty())
    log_warning(text("header ", beginning.name, " goes without ", dropped, ": the model has never seen their characters"));
  return prompt;
}

SampleRequest sample_request(const po::variables_map& values) {
  SampleRequest request;
  request.count = values["count"].as<std::int64_t>();
  request.new_tokens = values["tokens"].as<std::int64_t>();
  if (values["greedy"].as<bool>() && !values["temperature"].defaulted() && values["temperature"].as<double>() != 0)
    throw usage_error("--greedy is temperature 0, and --temperature says another", "give one of them");
  request.temperature = values["greedy"].as<bool>() ? 0.0 : values["temperature"].as<double>();
  request.top_k = values["top-k"].as<std::int64_t>();
  request.top_p = values["top-p"].as<double>();
  request.min_p = values["min-p"].as<double>();
  request.repetition_penalty = values["repetition-penalty"].as<double>();
  request.repetition_window = values["repetition-window"].as<std::int64_t>();
  request.one_tune = !values["many-tunes"].as<bool>();
  request.seed = values["seed"].as<std::uint64_t>();
  require_valid(request);
  return request;
}

/// Everything that can be missing is found out before the model is loaded.
SampleOutput sample_output(const po::variables_map& values) {
  SampleOutput output;
  output.json = values["json"].as<bool>();
  if (values.count("to")) output.directory = values["to"].as<std::string>();
  const bool sheet = values["sheet"].as<bool>(), sound = values["sound"].as<bool>();
  if (values.count("to") && output.directory.empty()) throw usage_error("--to names no folder");
  if ((sheet || sound) && output.directory.empty())
    throw usage_error(text(sheet ? "--sheet" : "--sound", " writes files, and there is no folder for them"), "add --to DIR");
  if (values.count("sound-font") && !sound) throw usage_error("--sound-font is for --sound", "add --sound");
  if (sheet) output.abcm2ps = require_program("abcm2ps", "--sheet", "abcm2ps");
  if (sound) {
    output.fluidsynth = require_program("fluidsynth", "--sound", "fluidsynth");
    output.sound_font = require_sound_font(values.count("sound-font") ? values["sound-font"].as<std::string>() : "");
  }
  return output;
}

SamplingOptions sampling_options(const po::variables_map& values, const TrainedModel& trained) {
  SamplingOptions options;
  options.batch_size = values["batch"].as<std::int64_t>();
  options.bf16 = trained.experiment.training.precision == "bf16";
  options.device = trained.on_device.device;
  options.part = trained.on_device.part;
  return options;
}

void print_headers() {
  for (const auto& header : header_prompts()) std::cout << header.name << '\n' << header.text << "\n\n";
}

/// @param asked  how many texts the user wanted
Error interruption(const SampleSummary& summary, std::int64_t asked) {
  if (!std::cout.flush()) return Error("cannot write to standard output");
  return Error(text("interrupted: ", summary.texts, " of ", asked, " texts are finished and written"),
               "the same command draws the same texts again, and the others", Fault::interrupted);
}

/// Texts by their index.
using Texts = std::map<std::int64_t, std::string>;

/// Draws the texts of a request: those that are finished when the user interrupts, else all.
/// @param source  what they are from, for messages: " from header reel, step 100 of runs/x/y"
Texts draw(const TrainedModel& trained, const SampleRequest& request, SamplingOptions options, const std::string& source) {
  Texts texts;
  Progress progress;
  options.progress = [&](std::int64_t done, std::int64_t total) {
    if (progress.due()) progress.update(text("sampling: token ", done, " of at most ", total));
  };
  options.finished = [&](std::int64_t index, std::string sample) { texts[index] = std::move(sample); };
  try {
    generate(*trained.on_device.model, *trained.tokenizer, trained.separator, request, options);
  } catch (const Error& error) {
    if (error.fault() != Fault::interrupted) throw;
    return texts;
  }
  progress.finish(counted(std::ssize(texts), "text") + source);
  return texts;
}

}  // namespace

int sample_command(const Arguments& arguments) {
  if (arguments == Arguments{"--header", "list"} || arguments == Arguments{"--header=list"}) return print_headers(), 0;
  po::variables_map values;
  if (!parse_arguments(
          arguments, "sample RUN [options]",
          "Writes music with the model of a run, as ABC text. A text ends with end-of-text or the separator, before a\n"
          "second tune, or after --tokens. The study writes freely with --temperature 1 --top-p 0.92\n"
          "--repetition-penalty 1.15 --tokens 2048, and from headers with --header all --temperature 0.95 --top-p 0.9\n"
          "--repetition-penalty 1.1 --tokens 1024.",
          sample_options(), "run", values))
    return 0;
  if (values.count("header") && values["header"].as<std::string>() == "list") return print_headers(), 0;
  catch_interrupts();
  auto request = sample_request(values);
  const auto output = sample_output(values);
  const auto all = beginnings(values);
  const auto run = values["run"].as<std::string>();
  const auto trained = load_trained_model(run, values["checkpoint"].as<std::string>(), plugin_dirs(values), overrides(values));
  const auto options = sampling_options(values, trained);
  make_folder(output);
  SampleSummary summary;
  for (const auto& beginning : all) {
    request.prompt = beginning.header.empty() ? beginning.prompt : expressible_header(beginning, *trained.tokenizer);
    const auto from = beginning.header.empty() ? "" : " from header " + beginning.header;
    const auto texts = draw(trained, request, options, text(from, ", step ", trained.step, " of ", run));
    for (const auto& [index, sample] : texts)
      put_sample(sample, text(beginning.name, "-", index + 1), beginning.header, output, summary);
    if (std::ssize(texts) < request.count) throw interruption(summary, request.count * std::ssize(all));
  }
  log_info(describe(summary));
  return 0;
}

}  // namespace etude

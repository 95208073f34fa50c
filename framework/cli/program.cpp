#include <array>
#include <base/log.hpp>
#include <cli/command.hpp>
#include <etude/api.hpp>
#include <etude/value.hpp>
#include <iostream>
#include <typeinfo>

namespace etude {
namespace {

namespace po = boost::program_options;

constexpr std::array commands{
    Command{"run", "train and evaluate every run of an experiment that is not done yet", run_command},
    Command{"check", "say what an experiment would do: values, sizes, time and memory; train nothing", check_command},
    Command{"list", "show the plugins that were found, and those that were refused", list_command},
    Command{"describe", "show the options of a plugin's part", describe_command},
    Command{"prepare", "convert, split, tokenize and pack the corpus of an experiment", prepare_command},
    Command{"sample", "write music with a trained model", sample_command},
    Command{"evaluate", "measure a trained model again", evaluate_command},
    Command{"compare", "show runs side by side", compare_command},
    Command{"fit", "fit scaling laws to a study, runs or a table, with intervals and warnings", fit_command},
    Command{"report", "write a study as one page: charts, tables, samples, where it comes from", report_command},
    Command{"inspect", "show what a run was and how it went", inspect_command},
    Command{"tokenizer", "train, encode, decode: tokenizers by themselves, on text files", tokenizer_command},
    Command{"abc", "check ABC texts as music21 would, and write them as MIDI files", abc_command},
    Command{"plugin", "begin a plugin, and try whether one keeps its promises", plugin_command},
};

/// @param name  "etude", "etude tokenizer"
void print_help(const std::string& name, const std::string& summary, std::span<const Command> listed) {
  std::cout << summary << "\n\nusage: " << name << " <command> [options]\n\n";
  for (const auto& command : listed)
    std::cout << "  " << command.name << std::string(12 - std::string_view(command.name).size(), ' ') << command.summary << '\n';
  std::cout << '\n' << name << " <command> --help says more.\n";
}

bool asks_for_help(const std::string& argument) { return argument == "--help" || argument == "-h" || argument == "help"; }

const Command& find_command(const std::string& program, std::span<const Command> known, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& command : known) {
    if (command.name == name) return command;
    names.emplace_back(command.name);
  }
  const std::string guess = nearest(name, names);
  throw usage_error(text("unknown command ", name),
                    guess.empty() ? text("see: ", program, " --help") : text("did you mean ", guess, "?"));
}

/// Runs what the first argument names.
int dispatch(const std::string& name, const std::string& summary, std::span<const Command> known, const Arguments& arguments) {
  if (arguments.empty() || asks_for_help(arguments[0])) {
    print_help(name, summary, known);
    return arguments.empty() ? static_cast<int>(Fault::usage) : 0;
  }
  return find_command(name, known, arguments[0]).run({arguments.begin() + 1, arguments.end()});
}

std::string unknown_option_remedy(const std::string& given, const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  const std::string guess = nearest(given, names);
  return guess.empty() ? "see --help" : text("did you mean ", guess, "?");
}

/// Whether an option takes a whole number; none of the program may be negative.
bool is_whole_number(const po::option_description& option) {
  const auto* typed = dynamic_cast<const po::typed_value_base*>(option.semantic().get());
  if (!typed) return false;
  const auto& type = typed->value_type();
  return type == typeid(int) || type == typeid(unsigned) || type == typeid(std::int64_t) || type == typeid(std::uint64_t);
}

/// Boost takes -1 for the largest unsigned number.
void refuse_negative_numbers(const po::parsed_options& parsed) {
  for (const auto& given : parsed.options) {
    const auto* option = parsed.description->find_nothrow(given.string_key, false);
    if (!option || !is_whole_number(*option)) continue;
    for (const auto& value : given.value)
      if (value.starts_with('-'))
        throw usage_error(text("--", option->long_name(), " is ", value), "give it a whole number, 0 or above");
  }
}

}  // namespace

int run_program(const Arguments& arguments) {
  try {
    if (!arguments.empty() && arguments[0] == "--version") {
      std::cout << "etude " ETUDE_SDK_VERSION "\n";
      return 0;
    }
    const int code = dispatch("etude", "etude " ETUDE_SDK_VERSION ": scaling studies of symbolic music", commands, arguments);
    if (!std::cout.flush()) throw Error("cannot write to standard output");
    return code;
  } catch (const Error& error) {
    log_error(error.what());
    return static_cast<int>(error.fault());
  } catch (const std::exception& error) {
    log_error(error.what());
    return static_cast<int>(Fault::failure);
  }
}

int run_group(const std::string& group, const std::string& summary, std::span<const Command> known, const Arguments& arguments) {
  const std::string name = "etude " + group;
  return dispatch(name, name + ": " + summary, known, arguments);
}

bool parse_arguments(const Arguments& arguments, const std::string& usage, const std::string& summary,
                     po::options_description options, const std::string& positional, po::variables_map& values) {
  po::options_description visible("options");
  for (const auto& option : options.options())
    if (option->long_name() != positional) visible.add(option);
  visible.add_options()("help,h", "show this text");
  options.add_options()("help,h", "show this text");
  po::positional_options_description positions;
  if (!positional.empty()) positions.add(positional.c_str(), options.find(positional, false).semantic()->is_composing() ? -1 : 1);
  try {
    const auto parsed = po::command_line_parser(arguments).options(options).positional(positions).run();
    refuse_negative_numbers(parsed);
    po::store(parsed, values);
    if (values.count("help")) {
      std::cout << "usage: etude " << usage << "\n\n" << summary << "\n\n" << visible;
      return false;
    }
    po::notify(values);
  } catch (const po::unknown_option& error) {
    throw usage_error(text("unknown option ", error.get_option_name()), unknown_option_remedy(error.get_option_name(), options));
  } catch (const po::too_many_positional_options_error&) {
    throw usage_error("too many arguments", "usage: etude " + usage);
  } catch (const po::required_option& error) {
    // Whoever forgot RUN never heard of an option --run.
    if (error.get_option_name() != "--" + positional) throw usage_error(error.what(), "usage: etude " + usage);
    throw usage_error("too few arguments", "usage: etude " + usage);
  } catch (const po::error& error) {
    throw usage_error(error.what(), "usage: etude " + usage);
  }
  for (const char* name : {"output", "outcomes"})
    if (values.count(name) && values[name].as<std::string>().empty())
      throw usage_error(text("--", name, " is empty"), "give it the name of a file or folder, or leave it out");
  return true;
}

void add_experiment_options(po::options_description& options) {
  options.add_options()("set", po::value<std::vector<std::string>>()->value_name("KEY=VALUE")->composing(),
                        "override a value of the experiment, for example training.batch_size=16; may repeat")(
      "plugin-dir", po::value<std::vector<std::string>>()->value_name("DIR")->composing(),
      "search this folder for plugins first; may repeat");
}

void add_output_option(po::options_description& options) {
  options.add_options()("output", po::value<std::string>()->value_name("DIR")->default_value("runs"),
                        "where runs and packed corpora go");
}

std::vector<std::string> strings(const po::variables_map& values, const std::string& name) {
  return values.count(name) ? values[name].as<std::vector<std::string>>() : std::vector<std::string>{};
}

std::vector<std::filesystem::path> plugin_dirs(const po::variables_map& values) {
  const auto texts = strings(values, "plugin-dir");
  return {texts.begin(), texts.end()};
}

std::vector<std::string> overrides(const po::variables_map& values) { return strings(values, "set"); }

}  // namespace etude

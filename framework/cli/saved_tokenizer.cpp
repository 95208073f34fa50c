#include <base/files.hpp>
#include <base/system.hpp>
#include <cli/saved_tokenizer.hpp>
#include <config/overrides.hpp>
#include <config/paths.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::json;

constexpr const char* default_plugin = "bpe";

std::shared_ptr<Tokenizer> make(const Catalogue& catalogue, const Part& part, Table given) {
  resolve_paths(given, part.options);
  return catalogue.make_tokenizer(part.id, part.options.resolve(given));
}

/// What --set gives, checked. What is missing may be missing where `complete` is false: the file has it.
Table given_options(const Part& part, const po::variables_map& values, bool complete) {
  Table given = parse_overrides(overrides(values));
  std::vector<Problem> problems = part.options.check(given, "", part.id);
  std::erase_if(problems, [&](const Problem& problem) { return !complete && problem.origin.source.empty(); });
  throw_problems(problems);
  return given;
}

Value to_value(const Json& json) {
  if (json.is_boolean()) return Value(json.get<bool>());
  if (json.is_number_integer()) return Value(json.get<std::int64_t>());
  if (json.is_number()) return Value(json.get<double>());
  return Value(json.get<std::string>());
}

/// Adds to `given` what the file knows of the options: a tokenizer that can start from a file has the option `file`; others
/// save their options under their names.
void add_saved_options(Table& given, const Part& part, const std::filesystem::path& file, const Json& saved) {
  const OptionSpec* from_file = part.options.find("file");
  if (from_file && from_file->type == "path") {
    if (given.contains("file"))
      throw usage_error("--set file is given, and the tokenizer's file is named already: " + file.string(),
                        "leave --set file out, or name that file in place of the other");
    given.set("file", Value(std::filesystem::absolute(file).string()));
    return;
  }
  for (const OptionSpec& option : part.options) {
    if (given.contains(option.name) || !saved.is_object() || !saved.contains(option.name)) continue;
    const Json& value = saved[option.name];
    if (value.is_boolean() || value.is_number() || value.is_string()) given.set(option.name, to_value(value));
  }
}

}  // namespace

void add_tokenizer_options(po::options_description& options, const std::string& plugin_default) {
  const std::string which = text("which tokenizer (default: ", plugin_default, "); see: etude list");
  options.add_options()("plugin", po::value<std::string>()->value_name("ID"), which.c_str())(
      "set", po::value<std::vector<std::string>>()->value_name("OPTION=VALUE")->composing(),
      "a value of one of its options, for example vocab_size=4096; may repeat; see: etude describe tokenizer ID")(
      "plugin-dir", po::value<std::vector<std::string>>()->value_name("DIR")->composing(),
      "search this folder for plugins first; may repeat")("threads", po::value<int>()->value_name("N")->default_value(0),
                                                          "at most this many; 0: all cores")("json", po::bool_switch(),
                                                                                             "print the report as JSON");
}

std::shared_ptr<Tokenizer> new_tokenizer(const Catalogue& catalogue, const po::variables_map& values) {
  const Part& part =
      catalogue.find(Kind::tokenizer, values.count("plugin") ? values["plugin"].as<std::string>() : default_plugin);
  return make(catalogue, part, given_options(part, values, true));
}

std::shared_ptr<Tokenizer> saved_tokenizer(const Catalogue& catalogue, const std::filesystem::path& file,
                                           const po::variables_map& values) {
  const Json saved = Json::parse(read_file(file), nullptr, false);  // no JSON is for the plugin to judge
  std::string plugin = default_plugin;
  if (saved.is_object() && saved.contains("tokenizer") && saved["tokenizer"].is_string()) plugin = saved["tokenizer"];
  if (values.count("plugin")) plugin = values["plugin"].as<std::string>();
  const Part& part = catalogue.find(Kind::tokenizer, plugin);
  Table given = given_options(part, values, false);
  add_saved_options(given, part, file, saved);
  throw_problems(part.options.check(given, "", part.id));
  const auto tokenizer = make(catalogue, part, std::move(given));
  tokenizer->load(file);
  return tokenizer;
}

int thread_count(const po::variables_map& values) {
  const int threads = values["threads"].as<int>();
  return threads > 0 ? threads : cpu_count();
}

}  // namespace etude

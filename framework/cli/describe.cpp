// etude describe: the options of a part, and the size of a model that they make.
#include <base/table.hpp>
#include <base/text.hpp>
#include <cli/command.hpp>
#include <config/overrides.hpp>
#include <config/shape.hpp>
#include <etude/architecture.hpp>
#include <host/catalogue.hpp>
#include <host/guard.hpp>
#include <host/sized.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;

struct Request {
  Table set;
  ModelContext context;
};

struct Size {
  ParameterCounts parameters;
  double forward_flops_per_token = 0;
};

Size size_of(const Catalogue& catalogue, const Part& part, const Request& request) {
  const auto model = catalogue.make_architecture(part.id, part.options.resolve(request.set), request.context);
  const std::string label = "architecture " + part.id;
  return {guarded(label, "parameter_counts", [&] { return model->parameter_counts(); }),
          guarded(label, "forward_flops_per_token", [&] { return model->forward_flops_per_token(); })};
}

std::string allowed(const OptionSpec& spec) { return spec.constraint ? spec.constraint->text : ""; }

/// Adds a row an option; those of nested tables under their full names.
/// @param set  false: no column of given values
void add_rows(TextTable& table, const OptionTable& options, const Table& values, bool set, const std::string& prefix) {
  for (const auto& spec : options) {
    const Value* value = values.find(spec.name);
    if (spec.nested) {
      add_rows(table, *spec.nested, value ? *value->get_if<Table>() : Table{}, set, prefix + spec.name + '.');
      continue;
    }
    std::vector<std::string> row{prefix + spec.name, spec.type, spec.is_required ? "(required)" : spec.default_value.toml()};
    const bool is_given = value && value->origin().source != Origin{}.source;
    if (set) row.push_back(is_given ? value->toml() : "");
    row.push_back(allowed(spec));
    row.push_back(spec.help);
    table.add(std::move(row));
  }
}

void print_options(const Part& part, const Table& set) {
  if (part.options.empty()) {
    std::cout << "no options\n";
    return;
  }
  std::vector<std::string> titles{"option", "type", "default", "allowed", "help"};
  if (!set.empty()) titles.insert(titles.begin() + 3, "set");
  TextTable table(titles);
  add_rows(table, part.options, part.options.resolve(set), !set.empty(), "");
  std::cout << table.text();
}

void print_size(const Size& size, const ModelContext& context) {
  const auto& counts = size.parameters;
  std::cout << "\nwith vocab_size " << context.vocab_size << " and context_length " << context.context_length << ":\n";
  TextTable table;
  table.add({"parameters", std::to_string(counts.total())});
  table.add({"  embedding", std::to_string(counts.embedding)});
  table.add({"  output", std::to_string(counts.output)});
  table.add({"  body", std::to_string(counts.body)});
  table.add({"FLOPs a token, forward", count_text(size.forward_flops_per_token)});
  table.add({"FLOPs a token, training", count_text(3 * size.forward_flops_per_token)});
  std::cout << table.text(2);
}

nlohmann::ordered_json to_json(const Value& value) {
  if (const auto* boolean = value.get_if<bool>()) return *boolean;
  if (const auto* integer = value.get_if<std::int64_t>()) return *integer;
  if (const auto* number = value.get_if<double>()) return *number;
  if (const auto* word = value.get_if<std::string>()) return *word;
  auto json = nlohmann::ordered_json::array();
  if (const auto* array = value.get_if<Array>())
    for (const auto& element : *array) json.push_back(to_json(element));
  return json;
}

nlohmann::ordered_json to_json(const OptionTable& options) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& spec : options) {
    nlohmann::ordered_json option{{"name", spec.name}, {"type", spec.type}, {"help", spec.help}};
    if (spec.nested) option["options"] = to_json(*spec.nested);
    option["required"] = spec.is_required;
    option["affects_result"] = spec.affects_result;
    if (!spec.nested && !spec.is_required) option["default"] = to_json(spec.default_value);
    if (spec.constraint) {
      option["allowed"] = spec.constraint->text;
      if (spec.constraint->low) option["low"] = *spec.constraint->low;
      if (spec.constraint->high) option["high"] = *spec.constraint->high;
      if (!spec.constraint->choices.empty()) option["choices"] = spec.constraint->choices;
    }
    json.push_back(std::move(option));
  }
  return json;
}

nlohmann::ordered_json to_json(const Size& size, const ModelContext& context) {
  const auto& counts = size.parameters;
  return {{"vocab_size", context.vocab_size},
          {"context_length", context.context_length},
          {"parameters",
           {{"total", counts.total()}, {"embedding", counts.embedding}, {"output", counts.output}, {"body", counts.body}}},
          {"forward_flops_per_token", size.forward_flops_per_token},
          {"training_flops_per_token", 3 * size.forward_flops_per_token}};
}

void print_json(const Part& part, const PluginFile& plugin, const std::optional<Size>& size, const ModelContext& context) {
  nlohmann::ordered_json json{{"kind", name(part.kind)},         {"id", part.id},
                              {"description", part.description}, {"plugin", plugin.id},
                              {"version", plugin.version},       {"file", plugin.file.string()},
                              {"options", to_json(part.options)}};
  if (size) json["model"] = to_json(*size, context);
  std::cout << json.dump(2) << '\n';
}

const Part& find_part(const Catalogue& catalogue, const std::vector<std::string>& words) {
  if (words.size() == 1) return catalogue.find(words[0]);
  if (words.size() == 2) {
    for (const Kind kind : {Kind::dataset, Kind::tokenizer, Kind::architecture, Kind::metric}) {
      if (words[0] == name(kind)) return catalogue.find(kind, words[1]);
    }
    throw usage_error(text("unknown kind ", words[0]), "a kind is dataset, tokenizer, architecture or metric");
  }
  throw usage_error(words.empty() ? "which part?" : "one part at a time", "usage: etude describe [KIND] ID; see: etude list");
}

bool lacks_required(const Part& part, const Table& set) {
  for (const auto& spec : part.options)
    if (spec.is_required && !set.contains(spec.name)) return true;
  return false;
}

/// Puts the options that the architecture chooses for a size in its place.
void choose_shape(const Catalogue& catalogue, const Part& part, const Value& size, Request& request) {
  Table complete = part.options.resolve(request.set);
  const Table sized = options_for_size(catalogue, part.id, complete, request.context.vocab_size, request.context.context_length,
                                       parameters_of(size));
  std::vector<Problem> problems;
  take_shape(complete, sized, request.set, size, problems);
  throw_problems(problems);
  request.set = std::move(complete);
}

/// What --set and the sizes say, checked.
Request read_request(const Catalogue& catalogue, const Part& part, const po::variables_map& values) {
  Request request{parse_overrides(overrides(values)), {}};
  request.context.vocab_size = values["vocab-size"].as<std::int64_t>();
  request.context.context_length = values["context-length"].as<std::int64_t>();
  std::optional<Value> size;
  if (const Value* given = wanted_size(request.set, part)) size = *given;
  if (size) request.set.erase("parameters");
  auto problems = part.options.check(request.set, "", part.id);
  std::erase_if(problems,
                [](const Problem& problem) { return problem.origin.source.empty(); });  // what is missing may be missing here
  throw_problems(problems);
  if (size && !lacks_required(part, request.set)) choose_shape(catalogue, part, *size, request);
  return request;
}

}  // namespace

int describe_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("part", po::value<std::vector<std::string>>()->composing(), "")(
      "set", po::value<std::vector<std::string>>()->value_name("OPTION=VALUE")->composing(),
      "a value of an option, for example n_layer=4; may repeat")(
      "vocab-size", po::value<std::int64_t>()->value_name("N")->default_value(64), "for an architecture: ids of the tokenizer")(
      "context-length", po::value<std::int64_t>()->value_name("N")->default_value(256),
      "for an architecture: tokens it sees at once")("plugin-dir",
                                                     po::value<std::vector<std::string>>()->value_name("DIR")->composing(),
                                                     "search this folder for plugins first; may repeat")("json", "write JSON");
  po::variables_map values;
  if (!parse_arguments(
          arguments, "describe [KIND] ID [options]",
          "Shows the options of a dataset, tokenizer, architecture or metric; for an architecture also its parameters and FLOPs.",
          options, "part", values))
    return 0;
  const auto catalogue = Catalogue::load(plugin_search_path(plugin_dirs(values), {}));
  const Part& part = find_part(catalogue, strings(values, "part"));
  const PluginFile& plugin = catalogue.file_of(part.kind, part.id);
  const Request request = read_request(catalogue, part, values);
  std::optional<Size> size;
  if (part.kind == Kind::architecture && !lacks_required(part, request.set)) size = size_of(catalogue, part, request);
  if (values.count("json")) {
    print_json(part, plugin, size, request.context);
    return 0;
  }
  std::cout << name(part.kind) << ' ' << part.id << ": " << part.description << '\n'
            << "plugin " << plugin.id << ' ' << plugin.version << ", " << plugin.file.string() << "\n\n";
  print_options(part, request.set);
  if (part.sized) std::cout << "\nparameters = 1e6, say, chooses a shape of that size: --set parameters=1e6\n";
  if (size) print_size(*size, request.context);
  return 0;
}

}  // namespace etude

#include <cmath>
#include <nlohmann/json.hpp>
#include <record/columns.hpp>
#include <record/events.hpp>
#include <stdexcept>

namespace etude {
namespace {

using Json = nlohmann::ordered_json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// JSON has no NaN and no infinities: they are written as these strings.
Json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

double real(const Json& value) {
  if (!value.is_string()) return value.get<double>();
  const auto& name = value.get_ref<const std::string&>();
  if (name == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (name == "Infinity") return std::numeric_limits<double>::infinity();
  if (name == "-Infinity") return -std::numeric_limits<double>::infinity();
  throw std::runtime_error(text("\"", name, "\" is not a number"));
}

Json numbers(const std::vector<double>& values) {
  Json array = Json::array();
  for (const double value : values) array.push_back(number(value));
  return array;
}

Json numbers(const std::map<std::string, double>& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) object[name] = number(value);
  return object;
}

std::vector<double> reals(const Json& array) {
  std::vector<double> values;
  for (const auto& value : array) values.push_back(real(value));
  return values;
}

std::map<std::string, double> named_reals(const Json& object) {
  std::map<std::string, double> values;
  for (const auto& [name, value] : object.items()) values[name] = real(value);
  return values;
}

Json table_json(const MetricTable& table) {
  Json columns = Json::array();
  for (const auto& column : table.columns) {
    const auto* texts = std::get_if<std::vector<std::string>>(&column.values);
    columns.push_back({{"name", column.name},
                       {"values", texts ? Json(*texts) : numbers(std::get<std::vector<double>>(column.values))},
                       {"kind", texts ? "texts" : "numbers"}});
  }
  return columns;
}

MetricTable table_from(const Json& columns) {
  MetricTable table;
  for (const auto& given : columns) {
    auto& column = table.columns.emplace_back(MetricTable::Column{given.at("name"), {}});
    if (given.at("kind") == "texts")
      column.values = given.at("values").get<std::vector<std::string>>();
    else
      column.values = reals(given.at("values"));
  }
  return table;
}

template <class Row>
void write_row(const Row& row, const auto& columns, Json& event) {
  for (const auto& column : columns) {
    if (const auto* integer = std::get_if<std::int64_t Row::*>(&column.member))
      event[column.name] = row.**integer;
    else
      event[column.name] = number(row.*std::get<double Row::*>(column.member));
  }
}

/// One line. Bytes that are not UTF-8 become U+FFFD.
std::string line_of(const Json& event) { return event.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n'; }

void apply_header(const Json& event, RunData& data) {
  RunHeader& header = data.header;
  header.label = event.at("label");
  header.study = event.at("study");
  header.experiment_toml = event.at("experiment");
  header.origins = event.at("origins").get<Pairs>();
  header.axes = event.at("axes").get<Pairs>();
  header.provenance = event.at("provenance").get<Pairs>();
  header.model = named_reals(event.at("model"));
  header.corpus = named_reals(event.at("corpus"));
}

template <class Row>
Row read_row(const Json& event, const auto& columns) {
  Row row;
  for (const auto& column : columns) {
    const Json& value = event.at(column.name);
    if (const auto* integer = std::get_if<std::int64_t Row::*>(&column.member))
      row.** integer = value;
    else
      row.*std::get<double Row::*>(column.member) = real(value);
  }
  return row;
}

void apply_train(const Json& event, RunData& data) { data.train.push_back(read_row<TrainRow>(event, train_columns)); }

void apply_validation(const Json& event, RunData& data) {
  const auto row = read_row<ValidationRow>(event, validation_columns);
  const Json& given = event.at("windows");
  WindowTable windows = data.windows;
  windows.loss = reals(given.at("loss"));
  if (given.contains("tokens")) windows.tokens = given["tokens"].get<std::vector<std::int64_t>>();
  if (given.contains("characters")) windows.characters = given["characters"].get<std::vector<std::int64_t>>();
  if (given.contains("document")) windows.document = given["document"].get<std::vector<std::int64_t>>();
  const std::size_t count = windows.loss.size();
  if (windows.tokens.size() != count || windows.characters.size() != count || windows.document.size() != count)
    throw std::runtime_error("the columns of the windows differ in length");
  data.windows = std::move(windows);
  data.validation.push_back(row);
}

void apply_sample(const Json& event, RunData& data) {
  data.samples.push_back({event.at("step"), event.at("source"), event.at("text"), event.at("verdict"), {}});
}

/// Those of a metric that measures again take the place of those before.
void apply_judged_samples(const Json& event, RunData& data) {
  const std::string id = event.at("id");
  std::erase_if(data.samples, [&](const Sample& sample) { return sample.source == id; });
  if (!event.contains("samples")) return;
  for (const auto& sample : event["samples"])
    data.samples.push_back({event.at("step"), id, sample.at("text"), sample.at("verdict"), sample.at("file").get<std::string>()});
}

void apply_metric(const Json& event, RunData& data) {
  MetricResult result;
  for (const auto& [name, given] : event.at("scalars").items()) {
    Scalar& scalar = result.scalars[name];
    scalar.value = real(given.at("value"));
    if (given.contains("low")) scalar.low = real(given["low"]);
    if (given.contains("high")) scalar.high = real(given["high"]);
    scalar.lower_is_better = given.at("lower_is_better");
    scalar.lossy = given.at("lossy");
    scalar.is_share = given.value("is_share", false);
  }
  if (event.contains("tables"))
    for (const auto& [name, table] : event["tables"].items()) result.tables[name] = table_from(table);
  apply_judged_samples(event, data);
  for (const auto& file : event.at("files")) result.files.emplace_back(file.get<std::string>());
  data.metrics[event.at("id")] = std::move(result);
}

void apply_state(const Json& event, RunData& data) {
  data.state = event.at("state");
  data.reason = event.at("reason");
}

void apply_resume(const Json& event, RunData& data) {
  data.resumes.push_back({event.at("step"), event.at("provenance").get<Pairs>()});
}

void apply_branch(const Json& event, RunData& data) {
  data.header.provenance.emplace_back(
      "parent", text(event.at("parent").get<std::string>(), " step ", event.at("step").get<std::int64_t>()));
}

struct Kind {
  const char* name;
  void (*apply)(const Json& event, RunData& data);
};
constexpr Kind kinds[] = {{"header", apply_header}, {"train", apply_train},   {"validation", apply_validation},
                          {"sample", apply_sample}, {"metric", apply_metric}, {"state", apply_state},
                          {"resume", apply_resume}, {"branch", apply_branch}};

void require_known_format(const Json& event, const std::string& where) {
  if (event.at("format_version").get<int>() > record_format_version)
    throw Error(text(where, ": the run is recorded in format ", event["format_version"].get<int>(), ", this program knows ",
                     record_format_version),
                "read it with the etude that wrote it, or a newer one");
}

}  // namespace

std::string header_event(const RunHeader& header) {
  return line_of({{"event", "header"},
                  {"format_version", record_format_version},
                  {"label", header.label},
                  {"study", header.study},
                  {"experiment", header.experiment_toml},
                  {"origins", header.origins},
                  {"axes", header.axes},
                  {"provenance", header.provenance},
                  {"model", numbers(header.model)},
                  {"corpus", numbers(header.corpus)}});
}

std::string train_event(const TrainRow& row) {
  Json event = {{"event", "train"}};
  write_row(row, train_columns, event);
  return line_of(event);
}

std::string validation_event(const ValidationRow& row, const WindowTable& windows, const WindowTable& before) {
  Json columns = {{"loss", numbers(windows.loss)}};
  if (windows.tokens != before.tokens) columns["tokens"] = windows.tokens;
  if (windows.characters != before.characters) columns["characters"] = windows.characters;
  if (windows.document != before.document) columns["document"] = windows.document;
  Json event = {{"event", "validation"}};
  write_row(row, validation_columns, event);
  event["windows"] = columns;
  return line_of(event);
}

std::string sample_event(const Sample& sample) {
  return line_of({{"event", "sample"},
                  {"step", sample.step},
                  {"source", sample.source},
                  {"text", sample.text},
                  {"verdict", sample.verdict}});
}

std::string metric_event(std::int64_t step, const std::string& metric, const MetricResult& result) {
  Json scalars = Json::object();
  for (const auto& [name, scalar] : result.scalars) {
    Json one = {{"value", number(scalar.value)}};
    if (scalar.low) one["low"] = number(*scalar.low);
    if (scalar.high) one["high"] = number(*scalar.high);
    one["lower_is_better"] = scalar.lower_is_better;
    one["lossy"] = scalar.lossy;
    one["is_share"] = scalar.is_share;
    scalars[name] = one;
  }
  Json tables = Json::object();
  for (const auto& [name, table] : result.tables) tables[name] = table_json(table);
  Json samples = Json::array();
  for (const auto& sample : result.samples)
    samples.push_back({{"text", sample.text}, {"verdict", sample.verdict}, {"file", sample.file.generic_string()}});
  Json files = Json::array();
  for (const auto& file : result.files) files.push_back(file.generic_string());
  return line_of({{"event", "metric"},
                  {"step", step},
                  {"id", metric},
                  {"scalars", scalars},
                  {"tables", tables},
                  {"samples", samples},
                  {"files", files}});
}

std::string state_event(std::int64_t step, const std::string& state, const std::string& reason) {
  return line_of({{"event", "state"}, {"step", step}, {"state", state}, {"reason", reason}});
}

std::string resume_event(const Resume& resume) {
  return line_of({{"event", "resume"}, {"step", resume.step}, {"provenance", resume.provenance}});
}

std::string branch_event(std::int64_t step, const std::string& parent) {
  return line_of({{"event", "branch"}, {"step", step}, {"parent", parent}});
}

Event apply_event(std::string_view line, const std::string& where, RunData& data) {
  try {
    const Json json = Json::parse(line);
    Event event{json.at("event"), json.value("step", std::int64_t{0})};
    if (event.kind == "header") require_known_format(json, where);
    for (const auto& kind : kinds)
      if (event.kind == kind.name) kind.apply(json, data);
    return event;
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(text(where, ": damaged line: ", error.what()),
                "the lines before it are whole; a copy of the run may have the rest; without one, move its folder away and train "
                "it again");
  }
}

}  // namespace etude

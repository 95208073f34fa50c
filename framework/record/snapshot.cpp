#include <base/files.hpp>
#include <nlohmann/json.hpp>
#include <record/columns.hpp>
#include <record/hdf5.hpp>
#include <record/snapshot.hpp>

namespace etude {
namespace {

using hdf5::Group;
using hdf5::link_name;
using hdf5::text_of_link;
using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string path_text(const std::filesystem::path& path) { return path.generic_string(); }

/// One value a row.
auto column_of(const auto& rows, auto value) {
  std::vector<std::decay_t<decltype(value(rows[0]))>> column;
  column.reserve(rows.size());
  for (const auto& row : rows) column.push_back(value(row));
  return column;
}

template <class Row>
void write_rows(Group& group, const std::vector<Row>& rows, const auto& columns) {
  for (const auto& column : columns)
    std::visit([&](auto member) { group.write(column.name, column_of(rows, [&](const Row& row) { return row.*member; })); },
               column.member);
}

template <class Row>
std::vector<Row> read_rows(const Group& group, const auto& columns) {
  std::vector<Row> rows;
  const auto fill = [&](auto member, const auto& values) {
    rows.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) rows[i].*member = values[i];
  };
  for (const auto& column : columns) {
    if (const auto* integer = std::get_if<std::int64_t Row::*>(&column.member))
      fill(*integer, group.read_integers(column.name));
    else
      fill(std::get<double Row::*>(column.member), group.read_doubles(column.name));
  }
  return rows;
}

void write_pairs(Group group, const char* first, const char* second, const Pairs& pairs) {
  group.write(first, column_of(pairs, [](const auto& pair) { return pair.first; }));
  group.write(second, column_of(pairs, [](const auto& pair) { return pair.second; }));
}

Pairs read_pairs(const Group& group, const char* first, const char* second) {
  const auto names = group.read_texts(first), values = group.read_texts(second);
  Pairs pairs;
  for (std::size_t i = 0; i < names.size(); ++i) pairs.emplace_back(names[i], values.at(i));
  return pairs;
}

void write_numbers(Group group, const std::map<std::string, double>& numbers) {
  for (const auto& [name, value] : numbers) group.write(link_name(name), value);
}

std::map<std::string, double> read_numbers(const Group& group) {
  std::map<std::string, double> numbers;
  for (const auto& name : group.names()) numbers[text_of_link(name)] = group.read_double(name);
  return numbers;
}

void write_header(Group& root, const RunHeader& header) {
  root.set_attribute("label", header.label);
  root.set_attribute("study", header.study);
  Group config = root.create_group("config");
  config.write("toml", header.experiment_toml);
  write_pairs(config.create_group("origins"), "key", "origin", header.origins);
  write_pairs(config.create_group("axes"), "axis", "label", header.axes);
  Group provenance = root.create_group("provenance");
  for (const auto& [name, value] : header.provenance)
    if (!provenance.contains(link_name(name))) provenance.write(link_name(name), value);
  write_numbers(root.create_group("model"), header.model);
  write_numbers(root.create_group("corpus"), header.corpus);
}

RunHeader read_header(const Group& root) {
  RunHeader header;
  header.label = root.text_attribute("label");
  header.study = root.text_attribute("study");
  const Group config = root.group("config");
  header.experiment_toml = config.read_text("toml");
  header.origins = read_pairs(config.group("origins"), "key", "origin");
  header.axes = read_pairs(config.group("axes"), "axis", "label");
  const Group provenance = root.group("provenance");
  for (const auto& name : provenance.names()) header.provenance.emplace_back(text_of_link(name), provenance.read_text(name));
  header.model = read_numbers(root.group("model"));
  header.corpus = read_numbers(root.group("corpus"));
  return header;
}

void write_windows(Group group, const WindowTable& windows) {
  group.write("loss", windows.loss);
  group.write("tokens", windows.tokens);
  group.write("characters", windows.characters);
  group.write("document", windows.document);
}

WindowTable read_windows(const Group& group) {
  return {group.read_doubles("loss"), group.read_integers("tokens"), group.read_integers("characters"),
          group.read_integers("document")};
}

void write_metric(Group group, const MetricResult& result) {
  for (const auto& [name, scalar] : result.scalars) {
    Group one = group.create_group(link_name(name));
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    one.write("value", scalar.value);
    one.write("low", scalar.low.value_or(unknown));
    one.write("high", scalar.high.value_or(unknown));
    one.set_attribute("lower_is_better", std::int64_t{scalar.lower_is_better});
    one.set_attribute("lossy", std::int64_t{scalar.lossy});
    one.set_attribute("is_share", std::int64_t{scalar.is_share});
  }
  group.set_attribute("files", nlohmann::json(column_of(result.files, path_text)).dump());
}

MetricResult read_metric(const Group& group) {
  MetricResult result;
  for (const auto& name : group.names()) {
    const Group one = group.group(name);
    const double low = one.read_double("low"), high = one.read_double("high");
    Scalar& scalar = result.scalars[text_of_link(name)];
    scalar.value = one.read_double("value");
    if (low == low) scalar.low = low;
    if (high == high) scalar.high = high;
    scalar.lower_is_better = one.integer_attribute("lower_is_better") != 0;
    scalar.lossy = one.integer_attribute("lossy") != 0;
    scalar.is_share = one.has_attribute("is_share") && one.integer_attribute("is_share") != 0;
  }
  for (const auto& file : nlohmann::json::parse(group.text_attribute("files")))
    result.files.emplace_back(file.get<std::string>());
  return result;
}

/// The order of the columns stands in an attribute: members of a group have none.
void write_table(Group group, const MetricTable& table) {
  group.set_attribute("columns", nlohmann::json(column_of(table.columns, [](const auto& column) { return column.name; })).dump());
  for (const auto& column : table.columns)
    std::visit([&](const auto& values) { group.write(link_name(column.name), values); }, column.values);
}

MetricTable read_table(const Group& group) {
  MetricTable table;
  for (const auto& name : nlohmann::json::parse(group.text_attribute("columns"))) {
    auto& column = table.columns.emplace_back(MetricTable::Column{name.get<std::string>(), {}});
    const std::string link = link_name(column.name);
    if (group.holds_texts(link))
      column.values = group.read_texts(link);
    else
      column.values = group.read_doubles(link);
  }
  return table;
}

void write_tables(Group group, const std::map<std::string, MetricResult>& metrics) {
  for (const auto& [id, result] : metrics) {
    if (result.tables.empty()) continue;
    Group of_metric = group.create_group(link_name(id));
    for (const auto& [name, table] : result.tables) write_table(of_metric.create_group(link_name(name)), table);
  }
}

void read_tables(const Group& group, std::map<std::string, MetricResult>& metrics) {
  for (const auto& id : group.names()) {
    const Group of_metric = group.group(id);
    for (const auto& name : of_metric.names())
      metrics[text_of_link(id)].tables[text_of_link(name)] = read_table(of_metric.group(name));
  }
}

void write_samples(Group group, const std::vector<Sample>& samples) {
  group.write("step", column_of(samples, [](const Sample& sample) { return sample.step; }));
  group.write("source", column_of(samples, [](const Sample& sample) { return sample.source; }));
  group.write("text", column_of(samples, [](const Sample& sample) { return sample.text; }));
  group.write("verdict", column_of(samples, [](const Sample& sample) { return sample.verdict; }));
  group.write("file", column_of(samples, [](const Sample& sample) { return path_text(sample.file); }));
}

std::vector<Sample> read_samples(const Group& group) {
  const auto steps = group.read_integers("step");
  const auto sources = group.read_texts("source"), texts = group.read_texts("text"), verdicts = group.read_texts("verdict");
  const auto files = group.contains("file") ? group.read_texts("file") : std::vector<std::string>(steps.size());
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < steps.size(); ++i)
    samples.push_back({steps[i], sources.at(i), texts.at(i), verdicts.at(i), files.at(i)});
  return samples;
}

void write_resumes(Group group, const std::vector<Resume>& resumes) {
  const auto provenance = [](const Resume& resume) { return nlohmann::ordered_json(resume.provenance).dump(); };
  group.write("step", column_of(resumes, [](const Resume& resume) { return resume.step; }));
  group.write("provenance", column_of(resumes, provenance));
}

std::vector<Resume> read_resumes(const Group& group) {
  const auto steps = group.read_integers("step");
  const auto provenance = group.read_texts("provenance");
  std::vector<Resume> resumes;
  for (std::size_t i = 0; i < steps.size(); ++i)
    resumes.push_back({steps[i], nlohmann::json::parse(provenance.at(i)).get<Pairs>()});
  return resumes;
}

RunData read_groups(const Group& root) {
  RunData data;
  data.header = read_header(root);
  data.state = root.text_attribute("state");
  data.reason = root.text_attribute("reason");
  data.train = read_rows<TrainRow>(root.group("train"), train_columns);
  data.validation = read_rows<ValidationRow>(root.group("validation"), validation_columns);
  data.windows = read_windows(root.group("validation").group("windows"));
  const Group metrics = root.group("metrics");
  for (const auto& name : metrics.names()) data.metrics[text_of_link(name)] = read_metric(metrics.group(name));
  if (root.contains("tables")) read_tables(root.group("tables"), data.metrics);
  data.samples = read_samples(root.group("samples"));
  data.resumes = read_resumes(root.group("resumes"));
  return data;
}

}  // namespace

void write_snapshot(const std::filesystem::path& file, const RunData& data, std::int64_t journal_bytes) {
  hdf5::File record;
  Group root = record.root();
  root.set_attribute("format_version", record_format_version);
  root.set_attribute("state", data.state);
  root.set_attribute("reason", data.reason);
  root.set_attribute("journal_bytes", journal_bytes);
  write_header(root, data.header);
  Group train = root.create_group("train");
  write_rows(train, data.train, train_columns);
  Group validation = root.create_group("validation");
  write_rows(validation, data.validation, validation_columns);
  write_windows(validation.create_group("windows"), data.windows);
  Group metrics = root.create_group("metrics");
  for (const auto& [id, result] : data.metrics) write_metric(metrics.create_group(link_name(id)), result);
  write_tables(root.create_group("tables"), data.metrics);
  write_samples(root.create_group("samples"), data.samples);
  write_resumes(root.create_group("resumes"), data.resumes);
  write_file(file, record.image());
}

RunData read_snapshot(const std::filesystem::path& file) {
  const std::string image = read_file(file);
  try {
    if (image.empty()) throw Error("it is empty");
    hdf5::File record(image);
    const Group root = record.root();
    if (const auto version = root.integer_attribute("format_version"); version > record_format_version)
      throw Error(text("it is of format ", version, ", this program knows ", record_format_version));
    return read_groups(root);
  } catch (const std::exception& error) {
    throw Error(text("cannot read ", file.string(), ": ", error.what()),
                "a copy of the run may be whole; without one, move its folder away and train it again");
  }
}

bool snapshot_is_current(const std::filesystem::path& file, std::int64_t journal_bytes) {
  try {
    hdf5::File record(read_file(file));
    const Group root = record.root();
    return root.integer_attribute("journal_bytes") == journal_bytes && root.text_attribute("state") != "running";
  } catch (const Error&) {
    return false;
  }
}

}  // namespace etude

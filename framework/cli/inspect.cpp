#include <base/log.hpp>
#include <base/table.hpp>
#include <base/text.hpp>
#include <cli/command.hpp>
#include <cli/metric_table.hpp>
#include <cmath>
#include <config/toml.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <record/run_record.hpp>
#include <study/study_runs.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Every value of the resolved experiment by its path ("metric[0].plugin"), as TOML writes it.
void collect_values(const Value& value, const std::string& path, std::map<std::string, std::string>& values) {
  if (const auto* table = value.get_if<Table>()) {
    for (const auto& entry : *table) collect_values(entry.value, path.empty() ? entry.key : path + "." + entry.key, values);
    return;
  }
  const auto* array = value.get_if<Array>();
  if (array && !array->empty() && array->front().get_if<Table>()) {
    for (std::size_t i = 0; i < array->size(); ++i) collect_values((*array)[i], text(path, "[", i, "]"), values);
    return;
  }
  values[path] = value.toml();
}

TextTable config_table(const RunHeader& header, bool with_defaults) {
  std::map<std::string, std::string> values;
  collect_values(Value(parse_toml(header.experiment_toml, "the recorded experiment")), "", values);
  TextTable table;
  for (const auto& [path, origin] : header.origins)
    if (with_defaults || origin != "default") table.add({path, values[path], origin});
  return table;
}

std::string readable(const std::string& name, double value) {
  if (name.ends_with("_share")) return fixed(100 * value, 3) + " %";
  return count_text(value);
}

TextTable number_table(const std::map<std::string, double>& numbers) {
  TextTable table;
  for (const auto& [name, value] : numbers) table.add({name, readable(name, value)});
  return table;
}

TextTable pair_table(const std::vector<std::pair<std::string, std::string>>& pairs) {
  TextTable table;
  for (const auto& [name, value] : pairs) table.add({name, value});
  return table;
}

TextTable progress_table(const RunData& data) {
  TextTable table;
  if (!data.train.empty()) {
    const auto& last = data.train.back();
    table.add({"steps", std::to_string(last.step)});
    table.add({"tokens", count_text(static_cast<double>(last.tokens))});
    table.add({"loss", fixed(last.loss, 4)});
    table.add({"training time",
               duration_text(last.seconds) + (ran_beside_others(data) ? ", beside other runs: compares with nothing" : "")});
    table.add({"peak memory", bytes_text(static_cast<double>(last.peak_memory))});
  }
  if (!data.validation.empty()) {
    const auto& last = data.validation.back();
    std::string loss = fixed(last.loss, 4);
    if (!std::isnan(last.low)) loss += text(" (95 %: ", fixed(last.low, 4), " to ", fixed(last.high, 4), ")");
    table.add({"validation loss", loss + text(" after step ", last.step)});
    if (!std::isnan(last.bits_per_character)) table.add({"bits per character", fixed(last.bits_per_character, 4)});
  }
  for (const auto& [name, value] : data.header.provenance)
    if (name == "parent") table.add({"begun from", value});
  for (const auto& resume : data.resumes) table.add({"resumed", text("after step ", resume.step)});
  return table;
}

TextTable metric_table(const RunData& data) {
  TextTable table;
  for (const auto& [id, result] : data.metrics)
    for (const auto& [name, scalar] : result.scalars) {
      const auto shown = [&](double value) {
        const bool whole = value == std::round(value) && !scalar.low;  // a count
        return scalar.is_share ? fixed(100 * value, 1) + " %" : fixed(value, whole ? 0 : 4);
      };
      const std::string interval =
          scalar.low && scalar.high ? text("95 %: ", shown(*scalar.low), " to ", shown(*scalar.high)) : "";
      table.add({id + "." + name, shown(scalar.value), interval, scalar.lossy ? "lossy" : ""});
    }
  return table;
}

/// How many texts each metric judged, and how many were drawn while training.
TextTable sample_table(const RunData& data) {
  std::map<std::string, std::int64_t> counts, files;
  for (const auto& sample : data.samples) {
    ++counts[sample.source];
    files[sample.source] += !sample.file.empty();
  }
  TextTable table;
  for (const auto& [source, count] : counts) table.add({source, counted(count, "text"), text(files[source], " with a file")});
  return table;
}

void print_samples(const RunData& data) {
  if (data.samples.empty()) log_info("this run has recorded no texts: training.sample_every and metrics of samples record some");
  for (const auto& sample : data.samples) {
    std::cout << "\n% after step " << sample.step << ", " << sample.source
              << (sample.verdict.empty() ? "" : ": " + sample.verdict) << '\n';
    if (!sample.file.empty()) std::cout << "% " << sample.file.generic_string() << '\n';
    std::cout << sample.text << (sample.text.ends_with('\n') ? "" : "\n");
  }
}

/// Bytes of a file; 0 for what has none, and for one that a run that goes on has just removed.
double size_of(const fs::directory_entry& entry) {
  std::error_code gone;
  const auto bytes = entry.file_size(gone);
  return gone ? 0 : static_cast<double>(bytes);
}

std::vector<std::string> folder_row(const fs::path& folder) {
  double bytes = 0;
  int files = 0;
  std::error_code gone;
  for (fs::recursive_directory_iterator inner(folder, gone), end; !gone && inner != end; inner.increment(gone)) {
    std::error_code ignored;
    if (!inner->is_regular_file(ignored)) continue;
    bytes += size_of(*inner);
    ++files;
  }
  return {folder.filename().string() + "/", bytes_text(bytes), counted(files, "file")};
}

/// What lies in the run's directory: files with their sizes, folders with what they hold.
TextTable file_table(const fs::path& directory) {
  std::map<std::string, std::vector<std::string>> rows;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (name.front() == '.') continue;
    std::error_code ignored;
    auto row =
        entry.is_directory(ignored) ? folder_row(entry.path()) : std::vector<std::string>{name, bytes_text(size_of(entry)), ""};
    rows[row.front()] = std::move(row);
  }
  TextTable table;
  for (auto& [name, row] : rows) table.add(std::move(row));
  return table;
}

void print_section(const std::string& title, const TextTable& table) {
  if (!table.empty()) std::cout << '\n' << title << '\n' << table.text(2);
}

void print_metric_tables(const RunData& data) {
  for (const auto& [id, result] : data.metrics)
    for (const auto& [name, table] : result.tables) print_section(id + ", " + name, text_table(table));
}

void print_text(const fs::path& directory, const RunData& data, bool whole_config) {
  std::cout << data.header.label << " of study " << data.header.study << ": " << data.state
            << (data.reason.empty() ? "" : " (" + data.reason + ")") << '\n';
  print_section("axes", pair_table(data.header.axes));
  print_section(whole_config ? "configuration" : "configuration (without defaults; all of it: --config)",
                config_table(data.header, whole_config));
  print_section("model", number_table(data.header.model));
  print_section("corpus", number_table(data.header.corpus));
  print_section("progress", progress_table(data));
  print_section("metrics", metric_table(data));
  print_metric_tables(data);
  print_section("samples (all of them with their verdicts: --samples)", sample_table(data));
  print_section("provenance", pair_table(data.header.provenance));
  print_section("files in " + directory.string(), file_table(directory));
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json numbers(const std::map<std::string, double>& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) object[name] = number(value);
  return object;
}

Json pairs(const std::vector<std::pair<std::string, std::string>>& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) object[name] = value;
  return object;
}

Json metrics_json(const RunData& data) {
  Json all = Json::object();
  for (const auto& [id, result] : data.metrics)
    for (const auto& [name, scalar] : result.scalars) {
      Json& one = all[id][name];
      one = {{"value", number(scalar.value)}, {"lossy", scalar.lossy}, {"lower_is_better", scalar.lower_is_better}};
      if (scalar.low) one["low"] = number(*scalar.low);
      if (scalar.high) one["high"] = number(*scalar.high);
    }
  return all;
}

Json samples_json(const RunData& data) {
  Json all = Json::array();
  for (const auto& sample : data.samples)
    all.push_back({{"step", sample.step},
                   {"source", sample.source},
                   {"text", sample.text},
                   {"verdict", sample.verdict},
                   {"file", sample.file.generic_string()}});
  return all;
}

void print_json(const fs::path& directory, const RunData& data, bool with_samples) {
  Json all = {{"directory", directory.string()}, {"label", data.header.label},
              {"study", data.header.study},      {"state", data.state},
              {"reason", data.reason},           {"axes", pairs(data.header.axes)}};
  all["config"] = {{"toml", data.header.experiment_toml}, {"origins", pairs(data.header.origins)}};
  all["model"] = numbers(data.header.model);
  all["corpus"] = numbers(data.header.corpus);
  all["train"] = nullptr;
  all["validation"] = nullptr;
  if (!data.train.empty()) {
    const auto& last = data.train.back();
    all["train"] = {{"rows", data.train.size()}, {"step", last.step},       {"tokens", last.tokens},
                    {"loss", number(last.loss)}, {"seconds", last.seconds}, {"peak_memory", last.peak_memory}};
  }
  if (!data.validation.empty()) {
    const auto& last = data.validation.back();
    all["validation"] = {{"rows", data.validation.size()}, {"step", last.step},
                         {"loss", number(last.loss)},      {"low", number(last.low)},
                         {"high", number(last.high)},      {"bits_per_character", number(last.bits_per_character)}};
  }
  all["metrics"] = metrics_json(data);
  all["tables"] = Json::object();
  for (const auto& [id, result] : data.metrics)
    for (const auto& [name, table] : result.tables) all["tables"][id][name] = table_json(table);
  if (with_samples) all["samples"] = samples_json(data);
  all["provenance"] = pairs(data.header.provenance);
  all["resumed_after"] = Json::array();
  for (const auto& resume : data.resumes) all["resumed_after"].push_back(resume.step);
  std::cout << all.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace

int inspect_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("run", po::value<std::string>()->required(), "")("config",
                                                                         "show every value with its origin, defaults too")(
      "samples", "show the texts that the model wrote instead, with their verdicts")("json", "print JSON");
  po::variables_map values;
  if (!parse_arguments(arguments, "inspect RUN_DIR [options]",
                       "Shows what a run was and how it went. Brings run.h5 up to date if the run was killed.", options, "run",
                       values))
    return 0;
  const bool with_samples = values.count("samples") > 0;
  if (with_samples && values.count("config") && !values.count("json"))
    throw usage_error("--samples shows the texts alone, and --config asks for more", "give one of them, or both with --json");
  const fs::path directory = values["run"].as<std::string>();
  refresh_snapshot(directory);
  const RunData data = read_run(directory);
  if (values.count("json")) {
    print_json(directory, data, with_samples);
  } else if (with_samples) {
    print_samples(data);
  } else {
    print_text(directory, data, values.count("config") > 0);
  }
  return 0;
}

}  // namespace etude

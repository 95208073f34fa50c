#include <base/files.hpp>
#include <base/log.hpp>
#include <cmath>
#include <limits>
#include <record/hdf5.hpp>
#include <record/run_record.hpp>
#include <record/snapshot.hpp>
#include <record/study_file.hpp>

namespace etude {
namespace {

using hdf5::Group;
using hdf5::link_name;
using hdf5::text_of_link;

constexpr const char* study_name = "study.h5";
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// One value a row.
template <class Row, class Member>
auto column_of(const std::vector<Row>& rows, Member Row::*member) {
  // HDF5 has no truth values of its own.
  using Stored = std::conditional_t<std::is_same_v<Member, bool>, std::int64_t, Member>;
  std::vector<Stored> column;
  column.reserve(rows.size());
  for (const Row& row : rows) column.push_back(row.*member);
  return column;
}

template <class Row, class Member, class Values>
void fill(std::vector<Row>& rows, Member Row::*member, const Values& values) {
  rows.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) rows[i].*member = static_cast<Member>(values[i]);
}

void write_planned(Group group, const std::vector<PlannedRun>& planned) {
  group.write("label", column_of(planned, &PlannedRun::label));
  group.write("id", column_of(planned, &PlannedRun::id));
  group.write("selected", column_of(planned, &PlannedRun::selected));
}

std::vector<PlannedRun> read_planned(const Group& group) {
  std::vector<PlannedRun> planned;
  fill(planned, &PlannedRun::label, group.read_texts("label"));
  fill(planned, &PlannedRun::id, group.read_texts("id"));
  fill(planned, &PlannedRun::selected, group.read_integers("selected"));
  return planned;
}

void write_choices(Group group, const std::vector<ChosenPoint>& choices) {
  group.write("axis", column_of(choices, &ChosenPoint::axis));
  group.write("label", column_of(choices, &ChosenPoint::label));
  group.write("combination", column_of(choices, &ChosenPoint::combination));
  group.write("by", column_of(choices, &ChosenPoint::by));
  group.write("value", column_of(choices, &ChosenPoint::value));
  group.write("at_edge", column_of(choices, &ChosenPoint::at_edge));
}

std::vector<ChosenPoint> read_choices(const Group& group) {
  std::vector<ChosenPoint> choices;
  fill(choices, &ChosenPoint::axis, group.read_texts("axis"));
  fill(choices, &ChosenPoint::label, group.read_texts("label"));
  fill(choices, &ChosenPoint::combination, group.read_texts("combination"));
  fill(choices, &ChosenPoint::by, group.read_texts("by"));
  fill(choices, &ChosenPoint::value, group.read_doubles("value"));
  fill(choices, &ChosenPoint::at_edge, group.read_integers("at_edge"));
  return choices;
}

void write_fits(Group group, const StudyRecord& record) {
  group.write("json", record.fits);
  Group laws = group.create_group("laws");
  for (const auto& [law, numbers] : record.fit_numbers) {
    Group one = laws.create_group(link_name(law));
    for (const auto& [name, scalar] : numbers) {
      Group number = one.create_group(link_name(name));
      number.write("value", scalar.value);
      number.write("low", scalar.low.value_or(unknown));
      number.write("high", scalar.high.value_or(unknown));
    }
  }
}

void read_fits(const Group& group, StudyRecord& record) {
  const auto known = [](double value) { return std::isnan(value) ? std::nullopt : std::optional(value); };
  record.fits = group.read_text("json");
  const Group laws = group.group("laws");
  for (const auto& law : laws.names())
    for (const auto& name : laws.group(law).names()) {
      const Group number = laws.group(law).group(name);
      Scalar& scalar = record.fit_numbers[text_of_link(law)][text_of_link(name)];
      scalar.value = number.read_double("value");
      scalar.low = known(number.read_double("low"));
      scalar.high = known(number.read_double("high"));
    }
}

}  // namespace

void write_study_record(const std::filesystem::path& study_directory, const StudyRecord& record) {
  hdf5::File study;
  Group root = study.root();
  root.set_attribute("format_version", record_format_version);
  root.set_attribute("study", record.study);
  Group runs = root.create_group("runs");
  for (const auto& id : record.runs) runs.link_external(link_name(id), id + "/" + snapshot_name, "/");
  write_planned(root.create_group("planned"), record.planned);
  write_choices(root.create_group("choices"), record.choices);
  if (!record.fits.empty()) write_fits(root.create_group("fits"), record);
  write_file(study_directory / study_name, study.image());
}

StudyRecord read_study_record(const std::filesystem::path& study_directory) {
  const auto path = study_directory / study_name;
  if (!std::filesystem::exists(path)) return {};
  const std::string image = read_file(path);
  try {
    hdf5::File file(image);
    const Group root = file.root();
    if (const auto version = root.integer_attribute("format_version"); version > record_format_version)
      throw Error(text("it has format ", version, ", newer than this program's ", record_format_version));
    StudyRecord record;
    record.study = root.text_attribute("study");
    for (const auto& name : root.group("runs").names()) record.runs.push_back(text_of_link(name));
    if (root.contains("planned")) record.planned = read_planned(root.group("planned"));
    if (root.contains("choices")) record.choices = read_choices(root.group("choices"));
    if (root.contains("fits")) read_fits(root.group("fits"), record);
    return record;
  } catch (const Error& error) {
    throw Error(text(path.string(), " cannot be read: ", error.what()),
                "move it away: etude run writes it anew from the runs, and etude fit what was fitted to them");
  }
}

void update_study_record(const std::filesystem::path& study_directory, const std::function<void(StudyRecord&)>& change) {
  StudyRecord record;
  try {
    record = read_study_record(study_directory);
  } catch (const Error& error) {
    log_warning(error.what());
  }
  change(record);
  write_study_record(study_directory, record);
}

}  // namespace etude

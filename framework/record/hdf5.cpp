#include <array>
#include <etude/error.hpp>
#include <record/hdf5.hpp>
#include <utility>

namespace etude::hdf5 {
namespace {

/// The innermost message of HDF5's error stack: the cause; the others say who called whom.
std::string error_text() {
  std::string cause = "unknown error";
  const auto first = [](unsigned, const H5E_error2_t* error, void* result) -> herr_t {
    *static_cast<std::string*>(result) = text(error->desc, " (", error->func_name, ")");
    return 1;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first, &cause);
  H5Eclear2(H5E_DEFAULT);
  return cause;
}

void require(herr_t status, const std::string& what) {
  if (status < 0) throw Error(text("HDF5 cannot ", what, ": ", error_text()));
}

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "make a text type");
  require(H5Tset_size(type.get(), H5T_VARIABLE), "make a text type");
  require(H5Tset_cset(type.get(), H5T_CSET_UTF8), "make a text type");
  return type;
}

Handle scalar_space() { return {H5Screate(H5S_SCALAR), H5Sclose, "make a dataspace"}; }

Handle column_space(std::size_t size) {
  const hsize_t extent = size;
  return {H5Screate_simple(1, &extent, nullptr), H5Sclose, "make a dataspace"};
}

/// Without the time of making, so that equal contents give equal files.
Handle dataset_properties() {
  Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "prepare a dataset");
  require(H5Pset_obj_track_times(properties.get(), false), "prepare a dataset");
  return properties;
}

void write_dataset(const Handle& group, const std::string& name, hid_t file_type, hid_t memory_type, const Handle& space,
                   const void* data) {
  const Handle dataset(
      H5Dcreate2(group.get(), name.c_str(), file_type, space.get(), H5P_DEFAULT, dataset_properties().get(), H5P_DEFAULT),
      H5Dclose, "create dataset " + name);
  if (data) require(H5Dwrite(dataset.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), "write dataset " + name);
}

std::string without_nul(const std::string& value) {
  std::string result;
  result.reserve(value.size());
  for (const char c : value) {
    if (c)
      result += c;
    else
      result += "\u2400";
  }
  return result;
}

void write_attribute(const Handle& group, const std::string& name, hid_t file_type, hid_t memory_type, const void* data) {
  const Handle space = scalar_space();
  const Handle attribute(H5Acreate2(group.get(), name.c_str(), file_type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                         "create attribute " + name);
  require(H5Awrite(attribute.get(), memory_type, data), "write attribute " + name);
}

Handle open_dataset(const Handle& group, const std::string& name) {
  return {H5Dopen2(group.get(), name.c_str(), H5P_DEFAULT), H5Dclose, "open dataset " + name};
}

std::size_t size_of(const Handle& dataset) {
  const Handle space(H5Dget_space(dataset.get()), H5Sclose, "read a dataspace");
  return static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get()));
}

template <class Number>
std::vector<Number> read_column(const Handle& group, const std::string& name, hid_t memory_type) {
  const Handle dataset = open_dataset(group, name);
  std::vector<Number> column(size_of(dataset));
  if (!column.empty())
    require(H5Dread(dataset.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, column.data()), "read dataset " + name);
  return column;
}

}  // namespace

Handle::Handle(hid_t id, Close close, const std::string& what) : id_(id), close_(close) {
  if (id < 0) require(-1, what);
}

Handle::~Handle() {
  if (id_ >= 0) close_(id_);
}

Handle::Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

std::string link_name(const std::string& text) {
  if (text == ".") return "%2E";
  std::string name;
  for (const char c : text) {
    if (c == '/')
      name += "%2F";
    else if (c == '%')
      name += "%25";
    else if (c)
      name += c;
  }
  return name.empty() ? "%" : name;
}

std::string text_of_link(const std::string& name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::string code = name[i] == '%' ? name.substr(i, 3) : "";
    const char c = code == "%2F" ? '/' : code == "%2E" ? '.' : code == "%25" ? '%' : '\0';
    if (c) i += 2;
    if (c || name != "%") text += c ? c : name[i];
  }
  return text;
}

Group Group::create_group(const std::string& name) {
  return Group(
      {H5Gcreate2(handle_.get(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, "create group " + name});
}

void Group::write(const std::string& name, double value) {
  write_dataset(handle_, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, scalar_space(), &value);
}

void Group::write(const std::string& name, const std::string& value) {
  const Handle type = text_type();
  const std::string clean = without_nul(value);
  const char* data = clean.c_str();
  write_dataset(handle_, name, type.get(), type.get(), scalar_space(), &data);
}

void Group::write(const std::string& name, std::span<const double> column) {
  write_dataset(handle_, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, column_space(column.size()),
                column.empty() ? nullptr : column.data());
}

void Group::write(const std::string& name, std::span<const std::int64_t> column) {
  write_dataset(handle_, name, H5T_STD_I64LE, H5T_NATIVE_INT64, column_space(column.size()),
                column.empty() ? nullptr : column.data());
}

void Group::write(const std::string& name, std::span<const std::string> column) {
  std::vector<std::string> clean;
  for (const auto& value : column) clean.push_back(without_nul(value));
  std::vector<const char*> data;
  for (const auto& value : clean) data.push_back(value.c_str());
  const Handle type = text_type();
  write_dataset(handle_, name, type.get(), type.get(), column_space(data.size()), data.empty() ? nullptr : data.data());
}

void Group::set_attribute(const std::string& name, std::int64_t value) {
  write_attribute(handle_, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void Group::set_attribute(const std::string& name, const std::string& value) {
  const Handle type = text_type();
  const std::string clean = without_nul(value);
  const char* data = clean.c_str();
  write_attribute(handle_, name, type.get(), type.get(), &data);
}

void Group::link_external(const std::string& name, const std::string& file, const std::string& object) {
  require(H5Lcreate_external(file.c_str(), object.c_str(), handle_.get(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
          "create link " + name);
}

bool Group::contains(const std::string& name) const { return H5Lexists(handle_.get(), name.c_str(), H5P_DEFAULT) > 0; }

bool Group::has_attribute(const std::string& name) const { return H5Aexists(handle_.get(), name.c_str()) > 0; }

std::vector<std::string> Group::names() const {
  std::vector<std::string> result;
  // Its third parameter has another type from HDF5 1.12 on.
  const auto add = [](hid_t, const char* name, const auto*, void* names) -> herr_t {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
  };
  require(H5Literate(handle_.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &result), "list a group");
  return result;
}

Group Group::group(const std::string& name) const {
  return Group({H5Gopen2(handle_.get(), name.c_str(), H5P_DEFAULT), H5Gclose, "open group " + name});
}

bool Group::holds_texts(const std::string& name) const {
  const Handle dataset = open_dataset(handle_, name);
  const Handle type(H5Dget_type(dataset.get()), H5Tclose, "read the type of dataset " + name);
  return H5Tget_class(type.get()) == H5T_STRING;
}

std::vector<double> Group::read_doubles(const std::string& name) const {
  return read_column<double>(handle_, name, H5T_NATIVE_DOUBLE);
}

std::vector<std::int64_t> Group::read_integers(const std::string& name) const {
  return read_column<std::int64_t>(handle_, name, H5T_NATIVE_INT64);
}

std::vector<std::string> Group::read_texts(const std::string& name) const {
  const Handle type = text_type();
  const auto pointers = read_column<char*>(handle_, name, type.get());
  std::vector<std::string> result;
  for (char* pointer : pointers) {
    result.emplace_back(pointer ? pointer : "");
    H5free_memory(pointer);
  }
  return result;
}

double Group::read_double(const std::string& name) const { return read_doubles(name).at(0); }

std::string Group::read_text(const std::string& name) const { return read_texts(name).at(0); }

std::int64_t Group::integer_attribute(const std::string& name) const {
  const Handle attribute(H5Aopen(handle_.get(), name.c_str(), H5P_DEFAULT), H5Aclose, "open attribute " + name);
  std::int64_t value = 0;
  require(H5Aread(attribute.get(), H5T_NATIVE_INT64, &value), "read attribute " + name);
  return value;
}

std::string Group::text_attribute(const std::string& name) const {
  const Handle attribute(H5Aopen(handle_.get(), name.c_str(), H5P_DEFAULT), H5Aclose, "open attribute " + name);
  const Handle type = text_type();
  char* pointer = nullptr;
  require(H5Aread(attribute.get(), type.get(), &pointer), "read attribute " + name);
  std::string value = pointer ? pointer : "";
  H5free_memory(pointer);
  return value;
}

namespace {

/// Properties of a file that lives in memory and never touches the disk.
Handle memory_access() {
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "prepare a file in memory");
  require(H5Pset_fapl_core(access.get(), 1 << 20, false), "prepare a file in memory");
  return access;
}

Handle create_in_memory() {
  return {H5Fcreate("new", H5F_ACC_TRUNC, H5P_DEFAULT, memory_access().get()), H5Fclose, "create a file in memory"};
}

Handle open_image(const std::string& image) {
  const Handle access = memory_access();
  // HDF5 takes a copy; it only forgot the const.
  require(H5Pset_file_image(access.get(), const_cast<char*>(image.data()), image.size()), "read a file from memory");
  return {H5Fopen("image", H5F_ACC_RDONLY, access.get()), H5Fclose, "read the file"};
}

}  // namespace

std::unique_lock<std::mutex> File::lock_library() {
  static std::mutex mutex;
  std::unique_lock lock(mutex);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are thrown, not printed
  return lock;
}

File::File() : library_(lock_library()), file_(create_in_memory()) {}

File::File(const std::string& image) : library_(lock_library()), file_(open_image(image)) {}

Group File::root() { return Group({H5Gopen2(file_.get(), "/", H5P_DEFAULT), H5Gclose, "open the root group"}); }

std::string File::image() {
  require(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), "finish the file");
  const ssize_t size = H5Fget_file_image(file_.get(), nullptr, 0);
  if (size < 0) require(-1, "finish the file");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (H5Fget_file_image(file_.get(), bytes.data(), bytes.size()) < 0) require(-1, "finish the file");
  return bytes;
}

}  // namespace etude::hdf5

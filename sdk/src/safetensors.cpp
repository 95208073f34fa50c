#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <etude/error.hpp>
#include <etude/safetensors.hpp>
#include <fstream>
#include <limits>
#include <set>

#include "safetensors_header.hpp"

namespace etude {
namespace {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little,
              "safetensors are little-endian, and so is the machine, or bytes would need swapping");

constexpr std::pair<torch::ScalarType, const char*> types[] = {
    {torch::kFloat, "F32"}, {torch::kDouble, "F64"}, {torch::kHalf, "F16"}, {torch::kBFloat16, "BF16"},
    {torch::kLong, "I64"},  {torch::kInt, "I32"},    {torch::kByte, "U8"},  {torch::kBool, "BOOL"},
};

const char* name_of(torch::ScalarType type, const std::string& tensor) {
  for (const auto& [known, name] : types)
    if (known == type) return name;
  throw Error(text("tensor ", tensor, " is of type ", c10::toString(type), ", which safetensors files do not hold"));
}

/// A file that is written beside its final place and moved there when it is complete.
class ReplacedFile {
 public:
  explicit ReplacedFile(fs::path file) : file_(std::move(file)), beside_(file_) {
    beside_ += ".unfinished";
    descriptor_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail();
  }
  ~ReplacedFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(beside_.c_str());
  }
  ReplacedFile(const ReplacedFile&) = delete;
  ReplacedFile& operator=(const ReplacedFile&) = delete;

  void write(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const char*>(data);
    while (size > 0) {
      const auto written = ::write(descriptor_, bytes, size);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail();
      bytes += written;
      size -= static_cast<std::size_t>(written);
    }
  }

  void finish() {
    if (::fsync(descriptor_) != 0) fail();
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0 || ::rename(beside_.c_str(), file_.c_str()) != 0) {
      const int reason = errno;
      ::unlink(beside_.c_str());
      errno = reason;
      fail();
    }
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(text("cannot write ", file_.string(), ": ", std::strerror(errno)),
                errno == ENOSPC ? "free some space on that disk" : "");
  }

  fs::path file_, beside_;
  int descriptor_ = -1;
};

/// @throws std::runtime_error if the entry does not describe bytes of the file
torch::Tensor read_tensor(std::ifstream& in, const safetensors::TensorEntry& entry, std::uint64_t data_begin) {
  const std::pair<torch::ScalarType, const char*>* type = nullptr;
  for (const auto& known : types)
    if (entry.dtype == known.second) type = &known;
  if (!type) throw std::runtime_error("tensor " + entry.name + " has the unknown type " + entry.dtype);
  std::uint64_t size = c10::elementSize(type->first);
  for (const auto extent : entry.shape) {
    if (extent > 0 && size > std::numeric_limits<std::uint64_t>::max() / static_cast<std::uint64_t>(extent))
      throw std::runtime_error("tensor " + entry.name + " is larger than any file");
    size *= static_cast<std::uint64_t>(extent);
  }
  if (entry.end - entry.begin != size)
    throw std::runtime_error("tensor " + entry.name + " has another size than its shape and type say");
  auto tensor = torch::empty(entry.shape, type->first);
  in.seekg(static_cast<std::streamoff>(data_begin + entry.begin));
  in.read(static_cast<char*>(tensor.data_ptr()), static_cast<std::streamsize>(size));
  if (!in) throw std::runtime_error("tensor " + entry.name + " cannot be read");
  return tensor;
}

/// The format asks that the tensors cover the data without holes or overlaps, so that a file hides nothing.
/// @throws std::runtime_error if they do not, or if a name occurs twice
void require_full_cover(const safetensors::Header& header, std::uint64_t data_size) {
  std::set<std::string> names;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const auto& entry : header.tensors) {
    if (!names.insert(entry.name).second) throw std::runtime_error("tensor " + entry.name + " stands twice in the header");
    if (entry.begin > entry.end || entry.end > data_size)
      throw std::runtime_error("tensor " + entry.name +
                               " does not lie inside the file: it is cut short, or its header is damaged");
    ranges.emplace_back(entry.begin, entry.end);
  }
  std::sort(ranges.begin(), ranges.end());
  std::uint64_t covered = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin != covered)
      throw std::runtime_error(text("byte ", covered, " of the data belongs to ", begin > covered ? "no tensor" : "two tensors"));
    covered = end;
  }
  if (covered != data_size) throw std::runtime_error(text("byte ", covered, " of the data belongs to no tensor"));
}

SafetensorsFile read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(std::strerror(errno));
  const auto file_size = fs::file_size(file);
  std::uint64_t header_size = 0;
  if (file_size < 8 || !in.read(reinterpret_cast<char*>(&header_size), 8)) throw std::runtime_error("it has no header");
  if (header_size > file_size - 8) throw std::runtime_error("its header is longer than the file");
  std::string json(header_size, ' ');
  in.read(json.data(), static_cast<std::streamsize>(header_size));
  const auto header = safetensors::read_header(json);

  SafetensorsFile result;
  result.metadata = header.metadata;
  const std::uint64_t data_size = file_size - 8 - header_size;
  require_full_cover(header, data_size);
  for (const auto& entry : header.tensors) result.tensors.emplace_back(entry.name, read_tensor(in, entry, 8 + header_size));
  return result;
}

}  // namespace

void save_safetensors(const fs::path& file, const NamedTensors& tensors, const std::map<std::string, std::string>& metadata) {
  safetensors::Header header;
  header.metadata = metadata;
  std::set<std::string> names;
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    if (!names.insert(name).second) throw Error("two tensors are called " + name);
    const auto begin = offset;
    offset += static_cast<std::uint64_t>(tensor.nbytes());
    header.tensors.push_back({name, name_of(tensor.scalar_type(), name), tensor.sizes().vec(), begin, offset});
  }
  const auto json = safetensors::write_header(header);
  const std::uint64_t header_size = json.size();
  ReplacedFile out(file);
  out.write(&header_size, sizeof header_size);
  out.write(json.data(), json.size());
  for (const auto& [name, tensor] : tensors) {
    const auto bytes = tensor.detach().to(torch::kCPU).contiguous();
    out.write(bytes.data_ptr(), bytes.nbytes());
  }
  out.finish();
}

SafetensorsFile load_safetensors(const fs::path& file) {
  try {
    return read(file);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(text("cannot read ", file.string(), " as safetensors: ", error.what()));
  }
}

}  // namespace etude

// What cleaning and filtering cost beside zlib, which they cannot do without (tools/bench/cleaning).
// usage: clean_bench PROFILE < FILES, one path a line. One line of JSON: how long each way to go over all files once takes.
#include <zlib.h>

#include <array>
#include <chrono>
#include <corpus/gzip_ratio.hpp>
#include <ctime>
#include <dataset_music/cleaning.hpp>
#include <etude/error.hpp>
#include <etude/parallel.hpp>
#include <etude/unicode.hpp>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

namespace {

struct Totals {
  std::int64_t documents = 0, read_bytes = 0, raw_bytes = 0, gzip_bytes = 0;
  bool operator==(const Totals&) const = default;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::string content(file ? static_cast<std::size_t>(file.tellg()) : 0, '\0');
  file.seekg(0);
  if (!file.read(content.data(), static_cast<std::streamsize>(content.size()))) throw etude::Error("cannot read " + path);
  return content;
}

/// Reads, cleans and measures every file as the pipeline does, in order, on `threads` threads.
Totals clean_all(const dataset_music::Profile& profile, const std::vector<std::string>& files, int threads) {
  std::size_t given = 0;
  const auto source = [&]() -> std::optional<std::size_t> {
    return given < files.size() ? std::optional(given++) : std::nullopt;
  };
  const auto work = [&](const std::size_t& index, const std::stop_token&) -> Totals {
    thread_local etude::GzipMeter meter;
    const std::string raw = read_file(files[index]);
    dataset_music::Cleaned cleaned = profile.clean(raw);
    if (cleaned.dropped) return {0, static_cast<std::int64_t>(raw.size()), 0, 0};
    const auto size = meter.measure({files[index], std::move(cleaned.text), {}, std::move(cleaned.trimmed)});
    return {1, static_cast<std::int64_t>(raw.size()), size.raw_bytes, size.gzip_bytes};
  };
  etude::OrderedParallel<std::size_t, Totals> parallel(threads, 256, source, work);
  Totals sum;
  while (const auto one = parallel.next()) {
    sum.documents += one->documents;
    sum.read_bytes += one->read_bytes;
    sum.raw_bytes += one->raw_bytes;
    sum.gzip_bytes += one->gzip_bytes;
  }
  return sum;
}

/// The bytes that the ratio is about, of every document: without white space, found by the slow and obvious way.
std::vector<std::string> dense_texts(const dataset_music::Profile& profile, const std::vector<std::string>& files) {
  std::vector<std::string> texts;
  for (const auto& file : files) {
    const dataset_music::Cleaned cleaned = profile.clean(read_file(file));
    if (cleaned.dropped) continue;
    std::string text, dense;
    text = cleaned.trimmed + cleaned.text + "\n";
    etude::for_each_code_point(text, [&](const etude::CodePoint& point, std::size_t at) {
      if (point.value == '\n' && !dense.empty() && dense.back() != '\n') dense += '\n';
      if (!etude::is_white_space(point.value)) dense.append(text, at, static_cast<std::size_t>(point.bytes));
    });
    texts.push_back(std::move(dense));
  }
  return texts;
}

/// zlib alone, one thread, everything in memory, one stream that is reset between documents.
Totals deflate_all(const std::vector<std::string>& texts) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw etude::Error("no memory for zlib");
  std::vector<unsigned char> output;
  Totals sum;
  for (const auto& text : texts) {
    deflateReset(&stream);
    output.resize(deflateBound(&stream, text.size()));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = output.data();
    stream.avail_out = static_cast<uInt>(output.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw etude::Error("zlib did not end");
    ++sum.documents;
    sum.raw_bytes += static_cast<std::int64_t>(text.size());
    sum.gzip_bytes += static_cast<std::int64_t>(stream.total_out);
  }
  deflateEnd(&stream);
  return sum;
}

/// Processor time of the whole process: what is fair to compare where others use the machine too.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Seconds that `work` takes, and those of processor time.
template <class Work>
nlohmann::ordered_json timed(Work&& work) {
  const auto begin = std::chrono::steady_clock::now();
  const double processor_begin = processor_seconds();
  work();
  const double processor = processor_seconds() - processor_begin;
  return {{"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()}, {"processor", processor}};
}

}  // namespace

int main(int count, char** arguments) try {
  if (count != 2) throw etude::usage_error("usage: clean_bench PROFILE < FILES");
  const auto& profile = dataset_music::find_profile(arguments[1]);
  std::vector<std::string> files;
  for (std::string path; std::getline(std::cin, path);) files.push_back(path);
  const auto texts = dense_texts(profile, files);  // also brings the files into memory

  Totals one, two, alone;
  nlohmann::ordered_json row;
  row["zlib"] = timed([&] { alone = deflate_all(texts); });
  row["one_thread"] = timed([&] { one = clean_all(profile, files, 1); });
  row["two_threads"] = timed([&] { two = clean_all(profile, files, 2); });
  row["cleaning_alone"] = timed([&] {
    for (const auto& file : files) profile.clean(read_file(file));
  });
  alone.read_bytes = one.read_bytes;
  if (one != two || one != alone) throw etude::Error("the ways to go over the files disagree about what is in them");
  row["documents"] = one.documents;
  row["read_bytes"] = one.read_bytes;
  row["raw_bytes"] = one.raw_bytes;
  row["gzip_bytes"] = one.gzip_bytes;
  std::cout << row.dump() << '\n';
} catch (const std::exception& error) {
  std::cerr << "clean_bench: " << error.what() << '\n';
  return 1;
}

#include <algorithm>
#include <atomic>
#include <etude/unicode.hpp>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include "promises.hpp"

namespace etude::testing {
namespace {

struct Stream {
  std::vector<Document> documents;

  explicit Stream(Dataset& dataset, std::size_t at_most = ~std::size_t{0}) {
    for (Document document; documents.size() < at_most && dataset.next(document);) documents.push_back(document);
  }
  bool operator==(const Stream& other) const {
    return std::equal(documents.begin(), documents.end(), other.documents.begin(), other.documents.end(),
                      [](const auto& a, const auto& b) { return a.id == b.id && a.text == b.text && a.split == b.split; });
  }
};

bool is_utf8(const std::string& text) {
  bool valid = true;
  for_each_code_point(text, [&](const CodePoint& point, std::size_t) { valid = valid && point.valid; });
  return valid;
}

void check_documents(const Stream& stream, Promises& promises) {
  std::set<std::string> ids;
  promises.expect(stream.documents.size() >= 2, "the dataset has at least two documents to be tried with");
  for (const auto& document : stream.documents) {
    promises.expect(!document.id.empty() && ids.insert(document.id).second,
                    text("id \"", document.id, "\" is not empty and stands once"));
    promises.expect(!document.text.empty(), text("document ", document.id, " is not empty"));
    promises.expect(is_utf8(document.text), text("document ", document.id, " is UTF-8"));
  }
}

bool same(const std::optional<Document>& a, const std::optional<Document>& b) {
  return a.has_value() == b.has_value() && (!a || (a->id == b->id && a->text == b->text && a->trimmed == b->trimmed));
}

/// One variant of each document by each of `semitones`, from four threads at once.
std::vector<std::optional<Document>> variants_of(Dataset& dataset, const Stream& stream, const std::vector<int>& semitones) {
  std::vector<std::optional<Document>> variants(stream.documents.size() * semitones.size());
  std::atomic<std::size_t> next{0};
  std::exception_ptr error;
  std::mutex mutex;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < variants.size(); i = next++)
        variants[i] = dataset.variant(stream.documents[i / semitones.size()].id, semitones[i % semitones.size()]);
    } catch (...) {
      const std::scoped_lock lock(mutex);
      error = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  if (error) std::rethrow_exception(error);
  return variants;
}

/// @param dataset, other  both read to their end
void check_variants(Dataset& dataset, Dataset& other, const Stream& stream, Promises& promises) {
  const auto asked = dataset.transpositions();
  std::set<int> distinct(asked.begin(), asked.end());
  promises.expect(distinct.size() == asked.size() && distinct.count(0) == 0, "transpositions() stand once each, without 0");
  promises.expect(!dataset.variant("no document has this id", 1), "variant() of an unknown id gives nothing");
  const auto semitones = asked.empty() ? std::vector<int>{-1, 2} : asked;
  const auto variants = variants_of(dataset, stream, semitones);
  std::set<std::string> ids;
  for (const auto& document : stream.documents) ids.insert(document.id);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const auto& original = stream.documents[i / semitones.size()];
    const int by = semitones[i % semitones.size()];
    const std::string name = text("the variant of ", original.id, " by ", by);
    promises.expect(same(dataset.variant(original.id, by), variants[i]), name + " is the same from several threads as from one");
    promises.expect(same(other.variant(original.id, by), variants[i]), name + " is the same from another object");
    if (!variants[i]) continue;
    promises.expect(ids.insert(variants[i]->id).second, name + " has an id that stands once");
    promises.expect(!variants[i]->text.empty() && is_utf8(variants[i]->text), name + " is UTF-8, and not empty");
  }
}

}  // namespace

BrokenPromises check_dataset(const std::function<std::shared_ptr<Dataset>()>& make) {
  Promises promises;
  promises.section("a dataset can be read", [&] {
    const auto dataset = make(), other = make();
    const std::string fingerprint = dataset->fingerprint();
    const Stream whole(*dataset);
    check_documents(whole, promises);
    Document document;
    promises.expect(!dataset->next(document), "next() stays false at the end");
    for (const auto& [result, count] : dataset->outcome_counts())
      promises.expect(count >= 0, text("the count of ", result, " is not negative"));

    dataset->rewind();
    promises.expect(Stream(*dataset) == whole, "rewind() gives the same documents again");
    dataset->rewind();
    Stream(*dataset, 1);
    dataset->rewind();
    promises.expect(Stream(*dataset) == whole, "rewind() in the middle goes back to the first document");
    promises.expect(Stream(*other) == whole, "another object gives the same documents, also without fingerprint() before");
    check_variants(*dataset, *other, whole, promises);
    promises.expect(!fingerprint.empty(), "fingerprint() says something");
    promises.expect(other->fingerprint() == fingerprint && dataset->fingerprint() == fingerprint,
                    "fingerprint() stays while the sources do, before and after reading");
  });
  return promises.take();
}

}  // namespace etude::testing

#include <torch/torch.h>

#include <base/files.hpp>
#include <catch.hpp>
#include <evaluate/metric_view.hpp>
#include <temporary_directory.hpp>

#include "letter_corpus.hpp"
#include "tiny_model.hpp"

using namespace etude;
using etude::testing::corpus_of;
using etude::testing::TemporaryDirectory;

namespace {

namespace fs = std::filesystem;

SampleRequest request_of(std::int64_t count) {
  SampleRequest request;
  request.count = count;
  request.new_tokens = 1;
  return request;
}

/// A view whose sampler counts how often it is asked.
struct Fixture {
  TemporaryDirectory folder;
  Corpus corpus = corpus_of({"abc", "", "defg"}, folder.path());
  std::shared_ptr<etude::testing::BigramModel> model = etude::testing::make_bigram(28, 8);
  int drawn = 0;
  RunView view{*model,
               corpus,
               {},
               [this](const SampleRequest& request) {
                 ++drawn;
                 return std::vector<std::string>(static_cast<std::size_t>(request.count), "x");
               },
               {folder.path() / "metrics", folder.path() / "samples"}};
};

std::vector<std::string> texts_of(DocumentSource& documents) {
  std::vector<std::string> texts;
  for (Document document; documents.next(document);) texts.push_back(document.text);
  return texts;
}

}  // namespace

TEST_CASE("A metric reads the documents of a split as text, without what separates them") {
  Fixture fixture;
  const std::vector<std::string> expected{"abc", "", "defg"};
  DocumentSource& documents = fixture.view.documents(Split::validation);
  CHECK(texts_of(documents) == expected);
  CHECK(texts_of(documents).empty());
  documents.rewind();
  CHECK(texts_of(documents) == expected);
  CHECK(texts_of(fixture.view.documents(Split::validation)) == expected);
  CHECK(texts_of(fixture.view.documents(Split::test)).empty());
}

TEST_CASE("Metrics that ask for the same share texts and their folder") {
  Fixture fixture;
  fs::create_directories(fixture.folder.path() / "samples" / "set-1");
  write_file(fixture.folder.path() / "samples" / "set-1" / "of-an-earlier-run.abc", "X:1");
  fixture.view.begin_metric("one");
  const auto* texts = &fixture.view.samples(request_of(3));
  const auto first = fixture.view.samples_directory(request_of(3));
  CHECK(fs::is_empty(first));
  write_file(first / "mine.abc", "X:1");
  fixture.view.begin_metric("two");
  CHECK(&fixture.view.samples(request_of(3)) == texts);
  CHECK(fixture.view.samples_directory(request_of(3)) == first);
  CHECK(fs::exists(first / "mine.abc"));
  CHECK(fixture.drawn == 1);
  CHECK(fixture.view.samples(request_of(4)).size() == 4);
  CHECK(fixture.view.samples_directory(request_of(4)) == fixture.folder.path() / "samples" / "set-2");
  CHECK(fixture.drawn == 2);
}

TEST_CASE("A metric has a folder of its own") {
  Fixture fixture;
  fixture.view.begin_metric("one");
  CHECK(fixture.view.directory() == fixture.folder.path() / "metrics" / "one");
  CHECK(fs::is_directory(fixture.folder.path() / "metrics" / "one"));
}

/*
 * driver.c
 *		The seeded driver: runs the targets on inputs that depend on nothing but
 *		the seed, the target and the number of the input.
 *
 *		driver [-n inputs] [-s seed] [-f first] [-c corpus] [-o failures]
 *			   [target...]
 *		driver -r target file...
 *
 * Each target runs in a process of its own, as many at a time as there are
 * processors, first on its corpus as it stands and then on `inputs` inputs:
 * random bytes, mutated files of the corpus, and well-formed inputs, whole and
 * mutated.  An input that fails is kept as a file; -r tries files again.
 *
 * Exit status: 0 where every target held, 3 where one did not, 2 where the
 * driver could not do its work.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define EXIT_TROUBLE	2
#define EXIT_FAILED		3

/* No input may take longer. */
#define SECONDS_PER_INPUT	20

/* Of this many inputs, one at least must be accepted. */
#define INPUTS_PER_ACCEPTED	20

#define CORPUS_MAX	1024

#define TARGETS_MAX	64

typedef struct Options
{
	uint64_t	seed;
	uint64_t	first;
	uint64_t	inputs;
	const char *corpus;
	const char *failures;
} Options;

typedef struct CorpusFile
{
	uint8_t    *data;
	size_t		size;
} CorpusFile;

static CorpusFile corpus[CORPUS_MAX];
static int	n_corpus;

/* The input being tried, for whoever has to report it */
static uint8_t input[FUZZ_INPUT_MAX];
static size_t input_size;
static char failure_path[4096];

/*
 * The process is about to die: keeps the input.  Calls only what a signal
 * handler may call.
 */
static void
keep_input(int signal_number)
{
	static const char note[] = "the input that failed is kept in ";
	int			file = open(failure_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ssize_t		ignored;

	if (file >= 0)
	{
		ignored = write(file, input, input_size);
		close(file);
		ignored = write(STDERR_FILENO, note, sizeof(note) - 1);
		ignored = write(STDERR_FILENO, failure_path, strlen(failure_path));
		ignored = write(STDERR_FILENO, "\n", 1);
		(void) ignored;
	}
	if (signal_number == SIGALRM)
		_exit(EXIT_FAILED);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void
catch_signals(void)
{
	static const int signals[] = {SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGILL,
		SIGSEGV
	};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], keep_input);
}

/* Reads a file of at most FUZZ_INPUT_MAX bytes; owned by the caller. */
static CorpusFile
read_input(const char *path)
{
	CorpusFile	result;
	FILE	   *file = fopen(path, "rb");

	if (file == NULL)
	{
		fprintf(stderr, "could not open %s: %s\n", path, strerror(errno));
		exit(EXIT_TROUBLE);
	}
	result.data = fuzz_allocate(FUZZ_INPUT_MAX);
	result.size = fread(result.data, 1, FUZZ_INPUT_MAX, file);
	fclose(file);
	return result;
}

static int
not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Reads the corpus of a target, in the order of the names of its files. */
static void
read_corpus(const Options *options, const FuzzTarget *target)
{
	struct dirent **files;
	char		path[4096];
	int			n;

	snprintf(path, sizeof(path), "%s/%s", options->corpus, target->name);
	n = scandir(path, &files, not_hidden, alphasort);
	if (n < 1)
	{
		fprintf(stderr, "no corpus in %s\n", path);
		exit(EXIT_TROUBLE);
	}
	for (int i = 0; i < n; i++)
	{
		snprintf(path, sizeof(path), "%s/%s/%s", options->corpus, target->name,
				 files[i]->d_name);
		if (n_corpus < CORPUS_MAX)
			corpus[n_corpus++] = read_input(path);
		free(files[i]);
	}
	free(files);
}

/* Adds to the little-endian 32-bit integer at `at`, or replaces it. */
static void
mutate_word(FuzzRandom *random, size_t at)
{
	static const uint32_t values[] = {0, 1, 2, 0x7f, 0x80, 0xff, 0x7fffffff,
		0x80000000, 0xffffffff
	};
	uint32_t	word;

	memcpy(&word, input + at, 4);
	if (fuzz_below(random, 2) == 0)
		word += fuzz_below(random, 2) == 0 ? 1 : UINT32_MAX;
	else
		word = values[fuzz_below(random, sizeof(values) / sizeof(values[0]))];
	memcpy(input + at, &word, 4);
}

/* Copies a stretch of the input over another, or in before it. */
static void
mutate_copy(FuzzRandom *random, size_t at)
{
	uint8_t		piece[16];
	size_t		length = 1 + fuzz_below(random, sizeof(piece));
	size_t		from = fuzz_below(random, (uint32_t) input_size);

	if (length > input_size - from)
		length = input_size - from;
	memcpy(piece, input + from, length);
	if (fuzz_below(random, 2) == 0 && input_size + length <= FUZZ_INPUT_MAX)
	{
		memmove(input + at + length, input + at, input_size - at);
		input_size += length;
	}
	if (length > input_size - at)
		length = input_size - at;
	memcpy(input + at, piece, length);
}

/* Takes a stretch out of the input. */
static void
mutate_cut(FuzzRandom *random, size_t at)
{
	size_t		length = 1 + fuzz_below(random, fuzz_below(random, 8) == 0 ?
										64 : 4);

	if (length > input_size - at)
		length = input_size - at;
	memmove(input + at, input + at + length, input_size - at - length);
	input_size -= length;
}

/* Changes the input in one small way. */
static void
mutate(FuzzRandom *random)
{
	size_t		at;

	if (input_size == 0)
	{
		input[input_size++] = (uint8_t) fuzz_random(random);
		return;
	}
	at = fuzz_below(random, (uint32_t) input_size);
	switch (fuzz_below(random, 8))
	{
		case 0:
			input[at] ^= (uint8_t) (1 << fuzz_below(random, 8));
			break;
		case 1:
			input[at] = (uint8_t) fuzz_random(random);
			break;
		case 2:
			input[at] = (uint8_t) (input[at] + fuzz_below(random, 5) - 2);
			break;
		case 3:
			mutate_cut(random, at);
			break;
		case 4:
			input_size = at;
			break;
		case 5:
			if (input_size < FUZZ_INPUT_MAX)
				input[input_size++] = (uint8_t) fuzz_random(random);
			break;
		case 6:
			if (at + 4 <= input_size)
				mutate_word(random, at / 4 * 4);
			break;
		default:
			mutate_copy(random, at);
			break;
	}
}

/* Makes input number `number`. */
static void
make_input(const Options *options, const FuzzTarget *target, uint64_t number)
{
	FuzzRandom	random = {options->seed};
	uint32_t	mutations = 0;

	for (const char *c = target->name; *c != '\0'; c++)
		random.state = fuzz_random(&random) ^ (uint8_t) *c;
	random.state = fuzz_random(&random) ^ number;

	if (fuzz_below(&random, 4) == 0)
	{
		const CorpusFile *file = &corpus[fuzz_below(&random,
													(uint32_t) n_corpus)];

		memcpy(input, file->data, file->size);
		input_size = file->size;
		mutations = 1;
	}
	else if (target->generate != NULL && fuzz_below(&random, 16) != 0)
		input_size = target->generate(&random, input);
	else
	{
		input_size = fuzz_below(&random, fuzz_below(&random, 4) == 0 ? 512 : 64);
		for (size_t i = 0; i < input_size; i++)
			input[i] = (uint8_t) fuzz_random(&random);
	}
	if (fuzz_below(&random, 3) != 0)
		mutations += fuzz_below(&random, 4);
	while (mutations-- > 0)
		mutate(&random);
}

static double
seconds(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return (double) now.tv_sec + (double) now.tv_usec / 1e6;
}

/* Runs one target; what a child process does.  Returns its exit status. */
static int
run_target(const Options *options, const FuzzTarget *target)
{
	double		start = seconds();

	read_corpus(options, target);
	catch_signals();
	for (int i = 0; i < n_corpus; i++)
	{
		memcpy(input, corpus[i].data, corpus[i].size);
		input_size = corpus[i].size;
		snprintf(failure_path, sizeof(failure_path), "%s/%s-corpus-%d",
				 options->failures, target->name, i);
		target->try_input(input, input_size);
	}
	fuzz_accepted = 0;
	for (uint64_t n = options->first; n < options->first + options->inputs; n++)
	{
		snprintf(failure_path, sizeof(failure_path), "%s/%s-%llu-%llu",
				 options->failures, target->name,
				 (unsigned long long) options->seed, (unsigned long long) n);
		if (n % 64 == 0)
			alarm(SECONDS_PER_INPUT);
		make_input(options, target, n);
		target->try_input(input, input_size);
	}
	alarm(0);
	for (int i = 0; i < n_corpus; i++)
		free(corpus[i].data);

	printf("%-11s %llu inputs, %llu accepted, %d corpus files, %.1f s\n",
		   target->name, (unsigned long long) options->inputs,
		   (unsigned long long) fuzz_accepted, n_corpus, seconds() - start);
	if (fuzz_accepted < options->inputs / INPUTS_PER_ACCEPTED)
	{
		fprintf(stderr, "%s: next to no input was accepted\n", target->name);
		return EXIT_TROUBLE;
	}
	return 0;
}

/* Waits for one child; returns its part in the exit status. */
static int
wait_for_child(const pid_t *children, const FuzzTarget *const *running, int n)
{
	int			status;
	pid_t		child = wait(&status);
	const char *name = "?";

	for (int i = 0; i < n; i++)
	{
		if (children[i] == child)
			name = running[i]->name;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_TROUBLE)
		return EXIT_TROUBLE;
	printf("%-11s FAILED\n", name);
	return EXIT_FAILED;
}

/* Runs targets side by side; returns the exit status. */
static int
run_targets(const Options *options, const FuzzTarget *const *chosen, int n)
{
	pid_t		children[TARGETS_MAX];
	long		processors = sysconf(_SC_NPROCESSORS_ONLN);
	int			started = 0;
	int			ended = 0;
	int			result = 0;

	while (ended < n)
	{
		int			status;

		if (started < n && (started - ended < processors || started == ended))
		{
			fflush(stdout);
			children[started] = fork();
			if (children[started] < 0)
			{
				perror("could not fork");
				exit(EXIT_TROUBLE);
			}
			if (children[started] == 0)
				exit(run_target(options, chosen[started]));
			started++;
			continue;
		}
		status = wait_for_child(children, chosen, started);
		if (status != 0 && result != EXIT_FAILED)
			result = status;
		ended++;
	}
	return result;
}

static const FuzzTarget *
find_target(const char *name)
{
	for (int i = 0; fuzz_targets[i] != NULL; i++)
	{
		if (strcmp(fuzz_targets[i]->name, name) == 0)
			return fuzz_targets[i];
	}
	fprintf(stderr, "no target is called %s\n", name);
	exit(EXIT_TROUBLE);
}

/* Tries files, each as an input of its own. */
static void
replay(const FuzzTarget *target, char *const *paths, int n)
{
	for (int i = 0; i < n; i++)
	{
		CorpusFile	file = read_input(paths[i]);

		target->try_input(file.data, file.size);
		free(file.data);
		printf("%s: held\n", paths[i]);
	}
}

static uint64_t
parse_number(const char *text)
{
	char	   *end;
	uint64_t	number = strtoull(text, &end, 10);

	if (*text == '\0' || *end != '\0')
	{
		fprintf(stderr, "not a number: %s\n", text);
		exit(EXIT_TROUBLE);
	}
	return number;
}

int
main(int argc, char **argv)
{
	Options		options = {0, 0, 100000, "corpus", "failures"};
	const FuzzTarget *chosen[TARGETS_MAX];
	const char *replayed = NULL;
	int			n = 0;
	int			option;

	options.seed = (uint64_t) time(NULL);
	while ((option = getopt(argc, argv, "n:s:f:c:o:r:")) != -1)
	{
		if (option == 'n')
			options.inputs = parse_number(optarg);
		else if (option == 's')
			options.seed = parse_number(optarg);
		else if (option == 'f')
			options.first = parse_number(optarg);
		else if (option == 'c')
			options.corpus = optarg;
		else if (option == 'o')
			options.failures = optarg;
		else if (option == 'r')
			replayed = optarg;
		else
			return EXIT_TROUBLE;
	}
	if (replayed != NULL)
	{
		replay(find_target(replayed), argv + optind, argc - optind);
		return 0;
	}

	for (; optind < argc && n < TARGETS_MAX; optind++)
		chosen[n++] = find_target(argv[optind]);
	if (n == 0)
	{
		for (; n < TARGETS_MAX && fuzz_targets[n] != NULL; n++)
			chosen[n] = fuzz_targets[n];
	}
	mkdir(options.failures, 0755);
	printf("seed %llu\n", (unsigned long long) options.seed);
	return run_targets(&options, chosen, n);
}

// What regular expressions cannot say about `.cloud`: which line ends separate entries, and the text of strings.
//
// In: the characters from here on, and which tokens the grammar wants. Out: one token or none. Keeps no state, so
// every edit can be parsed again from anywhere.
//
// The rules for line ends are those of `compiler/syntax/src/input/lines.rs`, those for text of
// `compiler/syntax/src/lexer/strings.rs`.

#include "tree_sitter/parser.h"

#include <string.h>

// In the order of `externals` in grammar.js.
enum TokenType {
  NEWLINE,
  PLAIN_TEXT,
  BLOCK_TEXT,
  RAW_TEXT,
  RAW_BLOCK_TEXT,
  RECOVERING,
};

void *tree_sitter_cloud_external_scanner_create(void) { return NULL; }

void tree_sitter_cloud_external_scanner_destroy(void *payload) { (void)payload; }

unsigned tree_sitter_cloud_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}

void tree_sitter_cloud_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xFEFF; }

static bool is_word(int32_t c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Takes white space and comments. Returns false when a lone `/` was taken, which is an operator.
static bool take_trivia(TSLexer *lexer) {
  for (;;) {
    while (is_blank(lexer->lookahead)) advance(lexer);
    if (lexer->lookahead != '/') return true;
    advance(lexer);
    if (lexer->lookahead == '/') {
      while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
    } else if (lexer->lookahead == '*') {
      advance(lexer);
      int32_t last = 0;
      while (!lexer->eof(lexer) && !(last == '*' && lexer->lookahead == '/')) {
        last = lexer->lookahead;
        advance(lexer);
      }
      if (!lexer->eof(lexer)) advance(lexer);
    } else {
      return false;
    }
  }
}

// Whether `else` or `with` begins here and goes on with the line above.
static bool word_goes_on(TSLexer *lexer) {
  char word[5];
  unsigned length = 0;
  while (is_word(lexer->lookahead)) {
    if (length == sizeof word) return false;
    word[length++] = (char)lexer->lookahead;
    advance(lexer);
  }
  bool is_else = length == 4 && memcmp(word, "else", 4) == 0;
  bool is_with = length == 4 && memcmp(word, "with", 4) == 0;
  if (!is_else && !is_with) return false;
  if (!take_trivia(lexer)) return is_else;
  return is_else ? lexer->lookahead != ':' : lexer->lookahead == '{';
}

// Whether what stands here continues the line above, or ends the brackets around it.
static bool goes_on(TSLexer *lexer) {
  int32_t first = lexer->lookahead;
  switch (first) {
    case ')':
    case ']':
    case '}':
    case '|':
    case '<':
    case '>':
    case '+':
    case '*':
    case '%':
      return true;
    case '.':
      advance(lexer);
      return lexer->lookahead != '.';
    case '?':
      advance(lexer);
      return lexer->lookahead == '.' || lexer->lookahead == '?';
    case '&':
      advance(lexer);
      return lexer->lookahead == '&';
    case '=':
    case '!':
      advance(lexer);
      return lexer->lookahead == '=';
    default:
      return is_word(first) && word_goes_on(lexer);
  }
}

// A line end that separates. The token ends where the next line's text or comment begins.
static bool scan_newline(TSLexer *lexer) {
  bool found = false;
  while (is_blank(lexer->lookahead)) {
    found |= lexer->lookahead == '\n';
    lexer->advance(lexer, true);
  }
  if (!found || lexer->eof(lexer)) return false;
  lexer->mark_end(lexer);
  // Comments between two lines change nothing.
  if (!take_trivia(lexer) || lexer->eof(lexer)) return false;
  if (goes_on(lexer)) return false;
  lexer->result_symbol = NEWLINE;
  return true;
}

// Takes a run of quotes. Returns whether it holds three.
static bool take_quotes(TSLexer *lexer) {
  for (unsigned count = 0; count < 3; count++) {
    if (lexer->lookahead != '"') return false;
    advance(lexer);
  }
  return true;
}

// Text up to an interpolation, an escape or the end of the string; never empty.
static bool scan_text(TSLexer *lexer, bool block, bool raw) {
  bool any = false;
  for (;;) {
    lexer->mark_end(lexer);
    if (lexer->eof(lexer)) return any;
    int32_t c = lexer->lookahead;
    if (c == '"') {
      if (!block || take_quotes(lexer)) return any;
    } else if (c == '\n' && !block) {
      return any;
    } else if (c == '\\' && !block && !raw) {
      return any;
    } else if (c == '$' && !raw) {
      advance(lexer);
      if (lexer->lookahead == '{') return any;
      if (lexer->lookahead == '$') {
        // The last two of a run of dollars belong to `$${`, those before are text of their own.
        if (any) return true;
        lexer->mark_end(lexer);
        advance(lexer);
        return lexer->lookahead != '{';
      }
    } else {
      advance(lexer);
    }
    any = true;
  }
}

bool tree_sitter_cloud_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  if (!valid[RECOVERING]) {
    TSSymbol symbol = valid[PLAIN_TEXT]       ? PLAIN_TEXT
                      : valid[BLOCK_TEXT]     ? BLOCK_TEXT
                      : valid[RAW_TEXT]       ? RAW_TEXT
                      : valid[RAW_BLOCK_TEXT] ? RAW_BLOCK_TEXT
                                              : RECOVERING;
    if (symbol != RECOVERING) {
      bool block = symbol == BLOCK_TEXT || symbol == RAW_BLOCK_TEXT;
      bool raw = symbol == RAW_TEXT || symbol == RAW_BLOCK_TEXT;
      lexer->result_symbol = symbol;
      return scan_text(lexer, block, raw);
    }
  }
  return valid[NEWLINE] && scan_newline(lexer);
}

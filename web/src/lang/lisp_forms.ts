// SPDX-License-Identifier: MIT
/** The special forms of the Lisp, as its specification lists them. */
export interface LispForm {
  readonly name: string;
  readonly shape: string;
  readonly doc: string;
  readonly actor: boolean;
}

function form(name: string, shape: string, doc: string, actor = false): LispForm {
  return { name, shape, doc, actor };
}

export const LISP_FORMS: readonly LispForm[] = [
  form('define', '(define name value) (define (name param …) body …)', 'Binds a value or a function.'),
  form('lambda', '(lambda (param …) body …)', 'A function without a name.'),
  form('let', '(let ((name value) …) body …)', 'Local names; with a name before the bindings, a loop.'),
  form('let*', '(let* ((name value) …) body …)', 'Local names, each seeing the ones before it.'),
  form('letrec', '(letrec ((name value) …) body …)', 'Local names that may refer to each other.'),
  form('set!', '(set! name value)', 'Changes a variable.'),
  form('if', '(if test then else)', 'Chooses; the else part may be left out.'),
  form('cond', '(cond (test body …) … (else body …))', 'The first clause whose test holds.'),
  form('case', '(case value ((literal …) body …) … (else body …))', 'The first clause that lists the value.'),
  form('when', '(when test body …)', 'The body if the test holds.'),
  form('unless', '(unless test body …)', 'The body if the test does not hold.'),
  form('and', '(and value …)', 'The deciding value; stops at the first false one.'),
  form('or', '(or value …)', 'The deciding value; stops at the first true one.'),
  form('not', '(not value)', 'The opposite truth.'),
  form('begin', '(begin body …)', 'One after the other; the last value.'),
  form('do', '(do ((name first next) …) (test result …) body …)', 'A loop with variables.'),
  form('try', '(try body … (catch e body …) (finally body …))', 'Handles exceptions.'),
  form('catch', '(catch e body …)', 'The handler of a `try`.'),
  form('finally', '(finally body …)', 'Runs however a `try` ends.'),
  form('throw', '(throw value)', 'Raises an exception.'),
  form('match', '(match value (pattern body …) …)', 'The first clause whose pattern fits.'),
  form('import', '(import "path") (import "path" as name)', "Another module's exports."),
  form('export', '(export name)', 'Lets importers see a name.'),
  form('define-macro', '(define-macro (name param …) body …)', 'Code that makes code.'),
  form('quote', '(quote data)', 'Data as it stands.'),
  form('quasiquote', '(quasiquote data)', 'Data with parts filled in.'),
  form('unquote', '(unquote value)', 'A part that is filled in.'),
  form('else', '(else body …)', 'The clause that always holds.'),
  form('after', '(after ms body …)', 'What a `receive` does when nothing came in time.'),
  form('spawn', '(spawn function)', 'Starts an actor; its pid.', true),
  form('spawn-link', '(spawn-link function)', 'Starts an actor linked to this one.', true),
  form('send', '(send pid message)', 'Sends a message.', true),
  form('!', '(! pid message)', 'Sends a message.', true),
  form('self', '(self)', 'The pid of this actor.', true),
  form(
    'receive',
    '(receive (pattern body …) … (after ms body …))',
    'Takes the first message that fits.',
    true,
  ),
  form('register', '(register "name")', 'Gives this actor a name.', true),
  form('whereis', '(whereis "name")', 'The pid of a name, or 0.', true),
  form('link', '(link pid)', 'Shares the fate of another actor.', true),
  form('monitor', '(monitor pid)', 'Hears of the end of another actor.', true),
  form('trap-exit', '(trap-exit flag)', 'Exit signals arrive as messages.', true),
  form('supervisor', '(supervisor …)', 'An actor that restarts others.', true),
];

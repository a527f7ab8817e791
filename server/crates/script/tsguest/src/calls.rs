//! Which calls a source makes, for summaries.

use oxc::ast::ast::{Argument, CallExpression, Expression};
use oxc::ast_visit::{Visit, walk};
use oxc::span::GetSpan;

use crate::position::Lines;
use crate::reply::CallSite;

/// More calls than this are not listed.
const MOST_CALLS: usize = 500;
/// Longer literals are cut.
const LONGEST_LITERAL: usize = 200;

/// Collects calls of dotted names, in the order of the text.
pub struct Calls<'l> {
    lines: &'l Lines<'l>,
    /// What was found.
    pub found: Vec<CallSite>,
}

impl<'l> Calls<'l> {
    /// Nothing found yet.
    pub fn new(lines: &'l Lines<'l>) -> Self {
        Self { lines, found: Vec::new() }
    }
}

impl<'a> Visit<'a> for Calls<'_> {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if self.found.len() < MOST_CALLS
            && let Some(callee) = dotted(&call.callee)
        {
            let (line, column) = self.lines.position(call.span().start);
            let literals = call.arguments.iter().filter_map(literal).collect();
            self.found.push(CallSite { callee, literals, line, column });
        }
        walk::walk_call_expression(self, call);
    }
}

/// `a.b.c` of a chain of members; `None` for anything computed.
pub fn dotted(expression: &Expression<'_>) -> Option<String> {
    match expression {
        Expression::Identifier(name) => Some(name.name.to_string()),
        Expression::ThisExpression(_) => Some("this".to_owned()),
        Expression::StaticMemberExpression(member) => {
            Some(format!("{}.{}", dotted(&member.object)?, member.property.name))
        }
        Expression::ParenthesizedExpression(inner) => dotted(&inner.expression),
        Expression::TSNonNullExpression(inner) => dotted(&inner.expression),
        Expression::TSAsExpression(inner) => dotted(&inner.expression),
        _ => None,
    }
}

fn literal(argument: &Argument<'_>) -> Option<String> {
    let text = match argument {
        Argument::StringLiteral(text) => text.value.to_string(),
        Argument::NumericLiteral(number) => number.value.to_string(),
        Argument::BooleanLiteral(truth) => truth.value.to_string(),
        Argument::TemplateLiteral(template) => template.single_quasi()?.to_string(),
        _ => return None,
    };
    Some(text.chars().take(LONGEST_LITERAL).collect())
}

//! Which names a source exports.

use oxc::ast::ast::{
    AssignmentExpression, AssignmentTarget, Declaration, Expression, ObjectPropertyKind, Program, Statement,
};
use oxc::ast_visit::{Visit, walk};

use crate::calls::dotted;

/// Names of a module's exports, without types.
pub fn of_module(program: &Program<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for statement in &program.body {
        match statement {
            Statement::ExportDefaultDeclaration(_) => names.push("default".to_owned()),
            Statement::ExportDeclaration(export) => declared(&export.declaration, &mut names),
            Statement::ExportNamedDeclaration(export) => {
                names.extend(export.specifiers.iter().map(|specifier| specifier.exported.name().to_string()));
            }
            _ => {}
        }
    }
    names
}

fn declared(declaration: &Declaration<'_>, names: &mut Vec<String>) {
    match declaration {
        Declaration::VariableDeclaration(variables) => {
            for variable in &variables.declarations {
                names.extend(variable.id.get_binding_identifiers().iter().map(|name| name.name.to_string()));
            }
        }
        Declaration::FunctionDeclaration(_) | Declaration::ClassDeclaration(_) => {
            names.extend(declaration.id().map(|name| name.name.to_string()));
        }
        _ => {}
    }
}

/// Names that a CommonJS source assigns to `exports` or `module.exports`.
pub fn of_commonjs(program: &Program<'_>) -> Vec<String> {
    let mut assigned = Assigned(Vec::new());
    assigned.visit_program(program);
    assigned.0.dedup();
    assigned.0
}

struct Assigned(Vec<String>);

impl<'a> Visit<'a> for Assigned {
    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        if let AssignmentTarget::StaticMemberExpression(target) = &assignment.left
            && let Some(object) = dotted(&target.object)
        {
            let name = target.property.name.as_str();
            match (object.as_str(), name) {
                ("exports" | "module.exports", _) => self.0.push(name.to_owned()),
                ("module", "exports") => self.whole(&assignment.right),
                _ => {}
            }
        }
        walk::walk_assignment_expression(self, assignment);
    }
}

impl Assigned {
    fn whole(&mut self, value: &Expression<'_>) {
        let Expression::ObjectExpression(object) = value else {
            return self.0.push("default".to_owned());
        };
        for property in &object.properties {
            if let ObjectPropertyKind::ObjectProperty(property) = property {
                self.0.extend(property.key.static_name().map(|name| name.to_string()));
            }
        }
    }
}

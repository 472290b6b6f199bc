//! The derive behind `lb_model::schema`: from a struct of the config and its doc comments to a row of the
//! schema table. Own and small, because the table needs what the general derives (schemars, facet) do not
//! carry: units, sources, and the types that eksctl parses while it decodes. It costs nothing in wasm: what
//! it writes is constant data. It serves `lb-model` alone, so it names that crate as `crate`.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, Ident, LitStr, Meta, Result, parse_macro_input,
    spanned::Spanned,
};

/// Writes `Self::schema() -> &'static Type` and `impl Schema for Self`.
///
/// The doc comments of the struct and of every field become documentation; their first line is the short
/// form, and a field without one does not compile. Keys follow `#[serde(rename_all = "camelCase")]` and
/// `#[serde(rename = "...")]`. On a field:
///
/// - `#[schema(default = "80")]`: what eksctl takes when the field is absent, as text
/// - `#[schema(unit = "GiB")]`
/// - `#[schema(values("gp2", "gp3"))]`: every value that is allowed
/// - `#[schema(source = "...")]`: the fact it rests on
/// - `#[schema(required)]`: it must be written
/// - `#[schema(shape = Arn)]`: a shape other than that of the Rust type; a variant without data
///
/// On the struct: `#[schema(open)]` for the types whose unknown keys eksctl does not refuse.
#[proc_macro_derive(Schema, attributes(schema, serde))]
pub fn derive_schema(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

fn expand(input: &DeriveInput) -> Result<Tokens> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "`Schema` is derived for structs only"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(input.span(), "`Schema` needs named fields"));
    };
    let camel_case = renames_all(&input.attrs)?;
    let open = is_open(&input.attrs)?;
    let name = &input.ident;
    let text = name.to_string();
    let doc = documentation(&input.attrs, name)?;
    let fields = fields
        .named
        .iter()
        .map(|field| row(field, camel_case))
        .collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        impl #name {
            /// The row of this type in the schema table.
            pub fn schema() -> &'static crate::schema::Type {
                static TYPE: crate::schema::Type = crate::schema::Type {
                    name: #text,
                    doc: #doc,
                    open: #open,
                    fields: &[#(#fields),*],
                };
                &TYPE
            }
        }

        impl crate::schema::Schema for #name {
            const SHAPE: crate::schema::Shape = crate::schema::Shape::Struct(Self::schema);
        }
    })
}

/// One `Field { .. }` of the table.
fn row(field: &Field, camel_case: bool) -> Result<Tokens> {
    let Some(ident) = &field.ident else {
        return Err(Error::new(field.span(), "`Schema` needs named fields"));
    };
    let key = match renamed(&field.attrs)? {
        Some(key) => key,
        None if camel_case => to_camel_case(&bare(ident)),
        None => bare(ident),
    };
    let doc = documentation(&field.attrs, ident)?;
    let Properties {
        default,
        unit,
        values,
        source,
        required,
        shape,
    } = Properties::read(&field.attrs)?;
    let ty = &field.ty;
    let shape = match shape {
        Some(variant) => quote!(crate::schema::Shape::#variant),
        None => quote!(<#ty as crate::schema::Schema>::SHAPE),
    };
    let (default, unit, source) = (option(default), option(unit), option(source));
    Ok(quote! {
        crate::schema::Field {
            key: #key,
            shape: #shape,
            doc: #doc,
            default: #default,
            unit: #unit,
            values: &[#(#values),*],
            source: #source,
            required: #required,
        }
    })
}

/// What `#[schema(...)]` says of a field.
#[derive(Default)]
struct Properties {
    default: Option<LitStr>,
    unit: Option<LitStr>,
    values: Vec<LitStr>,
    source: Option<LitStr>,
    required: bool,
    shape: Option<Ident>,
}

impl Properties {
    fn read(attrs: &[Attribute]) -> Result<Self> {
        let mut properties = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("schema")) {
            attr.parse_nested_meta(|meta| {
                if meta.path.is_ident("default") {
                    properties.default = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("unit") {
                    properties.unit = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("source") {
                    properties.source = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("shape") {
                    properties.shape = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("required") {
                    properties.required = true;
                } else if meta.path.is_ident("values") {
                    let list;
                    syn::parenthesized!(list in meta.input);
                    let values =
                        list.parse_terminated(<LitStr as syn::parse::Parse>::parse, syn::Token![,])?;
                    properties.values.extend(values);
                } else {
                    return Err(meta.error("expected default, unit, values, source, required or shape"));
                }
                Ok(())
            })?;
        }
        Ok(properties)
    }
}

fn option(text: Option<LitStr>) -> Tokens {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// Whether unknown keys are let through.
fn is_open(attrs: &[Attribute]) -> Result<bool> {
    let mut open = false;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("schema")) {
        attr.parse_nested_meta(|meta| {
            if !meta.path.is_ident("open") {
                return Err(meta.error("expected open"));
            }
            open = true;
            Ok(())
        })?;
    }
    Ok(open)
}

/// Whether serde writes the keys in camel case; other cases are not in eksctl's schema.
fn renames_all(attrs: &[Attribute]) -> Result<bool> {
    match serde_value(attrs, "rename_all")? {
        None => Ok(false),
        Some(case) if case.value() == "camelCase" => Ok(true),
        Some(case) => Err(Error::new(case.span(), "`Schema` knows `camelCase` only")),
    }
}

/// The key that serde writes for a field, where one is given.
fn renamed(attrs: &[Attribute]) -> Result<Option<String>> {
    Ok(serde_value(attrs, "rename")?.map(|key| key.value()))
}

/// The value of `#[serde(NAME = "...")]`.
fn serde_value(attrs: &[Attribute], name: &str) -> Result<Option<LitStr>> {
    let mut found = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        attr.parse_nested_meta(|meta| {
            if meta.input.peek(syn::Token![=]) {
                let value: syn::Expr = meta.value()?.parse()?;
                if meta.path.is_ident(name) {
                    found = Some(syn::parse2(quote!(#value))?);
                }
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// The doc comment, lines joined, one leading space of each taken off.
fn documentation(attrs: &[Attribute], of: &Ident) -> Result<String> {
    let mut lines = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        if let Meta::NameValue(doc) = &attr.meta
            && let syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) = &doc.value
        {
            let text = text.value();
            lines.push(text.strip_prefix(' ').unwrap_or(&text).to_owned());
        }
    }
    let doc = lines.join("\n").trim().to_owned();
    if doc.is_empty() {
        return Err(Error::new(
            of.span(),
            format!("`{of}` needs a doc comment: it is the user's documentation"),
        ));
    }
    Ok(doc)
}

/// The name without `r#`.
fn bare(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}

/// As serde does it for fields: an underscore goes and the letter behind it is raised.
fn to_camel_case(snake: &str) -> String {
    let mut camel = String::new();
    let mut raise = false;
    for c in snake.chars() {
        match c {
            '_' => raise = true,
            c if raise => {
                camel.push(c.to_ascii_uppercase());
                raise = false;
            }
            c => camel.push(c),
        }
    }
    camel
}

//! How does a schema file become the contract of a crawl? `include_schema!` makes its structs, and
//! what breaks a rule goes to the quarantine: `cargo run -p huntsman-examples --example contract`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;

use huntsman::prelude::*;
use huntsman_contract::policy::{ItemContract, Policy};
use huntsman_testkit::{Collect, FakeWeb};

include_schema!("schemas/user.avsc");

struct Registrations;

impl Spider for Registrations {
    type Page = ();
    type Item = UserRegistration;
    const NAME: &'static str = "registrations";

    fn start(&self, out: &mut Output<Self>) {
        out.visit("http://social.example/new", ());
    }

    fn parse(&self, (): (), page: &Response, out: &mut Output<Self>) -> Result<(), ParseError> {
        for row in page.css("tr")? {
            let cells = row.css("td::text")?.getall();
            let [email, password, age] = cells.as_slice() else {
                return Err("a row without three cells".into());
            };
            out.item(UserRegistration {
                email: email.clone(),
                password: password.clone(),
                age: age.parse()?,
            });
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = "<table><tr><td>ada@example.com<td>correct horse<td>36\
                <tr><td>nobody<td>short<td>12</table>";
    let web = FakeWeb::new().html("http://social.example/new", rows);
    let (items, quarantine) = (Collect::default(), Collect::default());
    let report = Crawl::new(Registrations, web)
        .contract(Arc::new(ItemContract::derived(Policy::default())))
        .export("items", items.clone())
        .quarantine("quarantine", quarantine.clone())
        .run(&Stop::new())
        .await?;
    assert_eq!((report.items, report.quarantined), (1, 1));
    assert_eq!(items.json()[0]["email"], "ada@example.com");
    for violation in quarantine.json()[0]["violations"]
        .as_array()
        .into_iter()
        .flatten()
    {
        println!("{}: {}", violation["path"], violation["message"]);
    }
    Ok(())
}

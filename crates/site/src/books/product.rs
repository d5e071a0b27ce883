//! The page of a book.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::data::{Book, book_in};
use super::layout::{Links, layout, stars};
use crate::page::{Escaped, not_found};

pub(super) async fn product(Path(folder): Path<String>) -> Response {
    let Some(book) = book_in(&folder) else {
        return not_found().await;
    };
    let Links { root, .. } = Links::PRODUCT;
    let [title, description] = [&book.title, &book.description].map(|text| Escaped(text));
    let (image, price, stars, table) = (&book.image, book.price(), stars(book), table(book));
    let available = book.available;
    let body = format!(
        r#"            <div id="content_inner">
                <article class="product_page">
                    <div class="row">
                        <div class="col-sm-6">
                            <div id="product_gallery" class="carousel">
                                <div class="thumbnail">
                                    <div class="carousel-inner">
                                        <div class="item active">
                                            <img src="{root}{image}" alt="{title}">
                                        </div>
                                    </div>
                                </div>
                            </div>
                        </div>
                        <div class="col-sm-6 product_main">
                            <h1>{title}</h1>
                            <p class="price_color">{price}</p>
                            <p class="instock availability">
                                <i class="icon-ok"></i>
                                In stock ({available} available)
                            </p>
                            {stars}
                        </div>
                    </div>
                    <div id="product_description" class="sub-header">
                        <h2>Product Description</h2>
                    </div>
                    <p>{description}</p>
                    <div class="sub-header">
                        <h2>Product Information</h2>
                    </div>
{table}
                </article>
            </div>"#
    );
    layout(&book.title, Links::PRODUCT, &crumbs(book), &body).into_response()
}

fn crumbs(book: &Book) -> String {
    let catalogue = Links::PRODUCT.catalogue;
    let [title, category] = [book.title.as_str(), book.category.name].map(Escaped);
    let folder = &book.category.folder;
    format!(
        r#"                <li><a href="{catalogue}category/books_1/index.html">Books</a></li>
                <li><a href="{catalogue}category/books/{folder}/index.html">{category}</a></li>
                <li class="active">{title}</li>
"#
    )
}

fn table(book: &Book) -> String {
    let Book {
        upc,
        available,
        reviews,
        ..
    } = book;
    let price = book.price();
    format!(
        r#"                    <table class="table table-striped">
                        <tr><th>UPC</th><td>{upc}</td></tr>
                        <tr><th>Product Type</th><td>Books</td></tr>
                        <tr><th>Price (excl. tax)</th><td>{price}</td></tr>
                        <tr><th>Price (incl. tax)</th><td>{price}</td></tr>
                        <tr><th>Tax</th><td>£0.00</td></tr>
                        <tr><th>Availability</th><td>In stock ({available} available)</td></tr>
                        <tr><th>Number of reviews</th><td>{reviews}</td></tr>
                    </table>"#
    )
}

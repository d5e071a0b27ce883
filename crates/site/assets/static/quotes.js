function element(name, className, text) {
    var made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
}
function show(quote, place) {
    var box = element('div', 'quote', '');
    var by = element('span', '', 'by ');
    var tags = element('div', 'tags', 'Tags: ');
    box.appendChild(element('span', 'text', quote.text));
    by.appendChild(element('small', 'author', quote.author.name));
    box.appendChild(by);
    quote.tags.forEach(function (tag) {
        tags.appendChild(element('a', 'tag', tag));
        tags.appendChild(document.createTextNode(' '));
    });
    box.appendChild(tags);
    place.appendChild(box);
}

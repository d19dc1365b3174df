(function(){
var d=document,each=function(q,f){Array.prototype.forEach.call(d.querySelectorAll(q),f)};
each("button.show",function(b){
var i=d.getElementById(b.getAttribute("data-for")),t=b.textContent;
b.hidden=false;b.setAttribute("aria-pressed","false");
b.onclick=function(){var s=i.type==="password";i.type=s?"text":"password";b.setAttribute("aria-pressed",s);b.textContent=s?b.getAttribute("data-hide"):t;i.focus()};
});
each(".countdown",function(b){
var n=+b.getAttribute("data-seconds"),t=b.textContent;if(!n)return;
b.disabled=true;(function tick(){if(n<1){b.disabled=false;b.textContent=t;return}b.textContent=t+" ("+n+")";n--;setTimeout(tick,1000)})();
});
each("form[data-send]",function(f){f.submit()});
var a=d.querySelector(".alert");if(a&&!d.querySelector("[autofocus]"))a.focus();
var r=d.querySelector("form[data-refresh]");
if(r&&window.fetch&&window.FormData&&window.URLSearchParams)setInterval(function(){
if(d.hidden||d.getElementById("usage").contains(d.activeElement))return;
fetch(r.action,{method:"POST",body:new URLSearchParams(new FormData(r)),credentials:"same-origin"}).then(function(x){return x.ok?x.text():""}).then(function(x){
if(!x)return;
var n=new DOMParser().parseFromString(x,"text/html"),u=n.getElementById("usage"),s=n.querySelector("form[data-refresh] [name=state]");
if(u)d.getElementById("usage").replaceWith(u);
if(s)r.querySelector("[name=state]").value=s.value;
}).catch(function(){});
},60000);
})();
